import { spawnSync } from 'node:child_process';

/** The version of the `temporal` program that Herald is tested with. */
export const TEMPORAL_CLI_VERSION = '1.9.1';

const OLDEST = { major: 1, minor: 9 };

/** @returns the version that the program at this path says it has, or undefined when it does not run */
export function temporalVersionAt(path: string): string | undefined {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? parseTemporalVersion(stdout) : undefined;
}

/** @param output - what `temporal --version` prints, such as `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` */
export function parseTemporalVersion(output: string): string | undefined {
  return /temporal version (\d+\.\d+\.\d+)/.exec(output)?.[1];
}

/** @returns whether a server of this version has what Herald asks of it */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
