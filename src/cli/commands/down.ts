import { CommandError } from '../command-error';
import { dataDirectoryAt } from '../launcher/data-directory';
import { sendSignal } from '../launcher/end-process';
import { lockHolder } from '../launcher/lock';
import { isRunning } from '../launcher/process-identity';
import { waitUntil } from '../launcher/wait-until';
import type { Terminal } from '../terminal/terminal';

const TIMEOUT_MS = 20_000;

/**
 * Stops the stack that runs on the directory and waits until it has ended.
 * @throws CommandError when it does not end
 */
export async function down(data: string, terminal: Terminal): Promise<void> {
  const directory = dataDirectoryAt(data);
  const launcher = lockHolder(directory);
  if (!launcher) {
    terminal.line(`Nothing runs on ${directory.root}.`);
    return;
  }
  await terminal.step(`Stopping the stack on ${directory.root}`, async () => {
    sendSignal(launcher, 'SIGTERM');
    if (await waitUntil(() => !isRunning(launcher), TIMEOUT_MS)) return;
    throw new CommandError(`The launcher (pid ${launcher.pid}) does not end: end it with \`kill -9 ${launcher.pid}\`.`);
  });
}
