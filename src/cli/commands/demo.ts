import type { LauncherEnvironment } from '../../config/launcher-environment';
import { runStory, type StoryResult } from '../demo/story';
import { dataDirectoryAt } from '../launcher/data-directory';
import { emptyDataDirectory } from '../launcher/empty-directory';
import { LEVEL } from '../launcher/log-line';
import type { Terminal } from '../terminal/terminal';
import { runStack } from './run-stack';

/** What `npm run demo` was asked for. */
export interface DemoOptions {
  /** Ends after the story instead of staying up. */
  readonly exit: boolean;
}

/**
 * Runs the story on an emptied directory of its own.
 * @returns whether every promise of the story held
 */
export async function demo(
  data: string,
  options: DemoOptions,
  environment: LauncherEnvironment,
  terminal: Terminal,
): Promise<boolean> {
  const startedMs = Date.now();
  const directory = dataDirectoryAt(data);
  await emptyDataDirectory(directory);
  let result: (StoryResult & { readonly seconds: number }) | undefined;
  await runStack(
    { directory, environment, terminal, isShown: (_part, { level }) => level >= LEVEL.fatal },
    async (runtime, stopped) => {
      const told = await runStory(runtime, terminal, { interactive: terminal.interactive && !options.exit, stopped });
      result = { ...told, seconds: Math.round((Date.now() - startedMs) / 1_000) };
      if (options.exit) return;
      terminal.line('The stack stays up for you to look around; Ctrl-C stops everything.');
      await stopped;
    },
  );
  if (!result) return false;
  terminal.line(`herald-demo: promises=${result.promises} held=${result.held} seconds=${result.seconds}`);
  return result.held === result.promises;
}
