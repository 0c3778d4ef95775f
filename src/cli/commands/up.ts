import type { LauncherEnvironment } from '../../config/launcher-environment';
import { LEVEL, type LogLine } from '../launcher/log-line';
import { dataDirectoryAt } from '../launcher/data-directory';
import type { PartName } from '../launcher/part-name';
import type { Runtime } from '../launcher/runtime-file';
import type { Terminal } from '../terminal/terminal';
import { runStack } from './run-stack';

/** Runs the stack on the directory until somebody asks to stop. */
export async function up(data: string, environment: LauncherEnvironment, terminal: Terminal): Promise<void> {
  const directory = dataDirectoryAt(data);
  const isShown = terminal.interactive ? isWorthReading : isTrouble;
  await runStack({ directory, environment, terminal, isShown }, async (runtime, stopped) => {
    describeAddresses(runtime()).forEach((line) => {
      terminal.line(line);
    });
    terminal.line(`All of it stands in ${directory.runtimeFile}. Ctrl-C stops everything.`);
    await stopped;
  });
}

/** Our own programs tell what they do; of the servers below them only troubles are of interest. */
function isWorthReading(part: PartName, line: LogLine): boolean {
  const isServer = part === 'postgres' || part === 'temporal';
  return isTrouble(part, line) || (!isServer && line.level >= LEVEL.info);
}

/** A pipe that nobody empties must not fill up with every request: the log files have them all. */
function isTrouble(_part: PartName, line: LogLine): boolean {
  return line.level >= LEVEL.warn;
}

function describeAddresses(runtime: Runtime): string[] {
  return [
    `  API         ${runtime.apiUrl}`,
    `  API docs    ${runtime.apiUrl}/docs`,
    `  API key     ${runtime.apiKey}`,
    ...(runtime.temporalUiUrl === undefined
      ? []
      : [`  Temporal UI ${runtime.temporalUiUrl}/namespaces/${runtime.temporalNamespace}`]),
    ...(runtime.simulatorUrl === undefined ? [] : [`  Simulator   ${runtime.simulatorUrl}/__sim`]),
  ];
}
