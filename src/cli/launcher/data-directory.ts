import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where one stack keeps its state; all paths absolute. */
export interface DataDirectory {
  readonly root: string;
  readonly runtimeFile: string;
  readonly lockFile: string;
  readonly portsFile: string;
  readonly versionFile: string;
  readonly secretsFile: string;
  readonly processesFile: string;
  readonly logs: string;
  readonly postgres: string;
  readonly temporalDatabase: string;
  readonly simulator: string;
}

/** The directory that `up` uses when none is named. */
export const DEFAULT_DATA_DIRECTORY = '.herald';

/** The directory of the demo; emptied at every start. */
export const DEMO_DATA_DIRECTORY = '.herald/demo';

/** @returns the paths inside the directory; creates nothing */
export function dataDirectoryAt(path: string): DataDirectory {
  const root = resolve(path);
  return {
    root,
    runtimeFile: join(root, 'runtime.json'),
    lockFile: join(root, 'launcher.lock'),
    portsFile: join(root, 'ports.json'),
    versionFile: join(root, 'version.json'),
    secretsFile: join(root, 'secrets.json'),
    processesFile: join(root, 'processes.json'),
    logs: join(root, 'logs'),
    postgres: join(root, 'postgres'),
    temporalDatabase: join(root, 'temporal.db'),
    simulator: join(root, 'simulator'),
  };
}

/** Creates the directory and its folders. */
export function createDataDirectory(directory: DataDirectory): void {
  for (const path of [directory.root, directory.logs, directory.simulator]) mkdirSync(path, { recursive: true });
}
