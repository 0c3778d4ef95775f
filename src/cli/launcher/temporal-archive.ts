import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runProgram } from './run-program';
import { TEMPORAL_CLI_VERSION } from './temporal-version';

const HOST = 'https://temporal.download';
const PLATFORM: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const ARCHITECTURE: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Gets the binary from where the SDK gets its own.
 * @param folder - an empty folder of its own
 * @param target - where the binary goes
 * @returns undefined on success, else why not
 */
export async function fetchTemporalArchive(folder: string, target: string): Promise<string | undefined> {
  const platform = PLATFORM[process.platform];
  const architecture = ARCHITECTURE[process.arch];
  if (platform === undefined || architecture === undefined) return `nothing for ${process.platform} ${process.arch}`;
  const url = `${HOST}/cli/archive/v${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${architecture}`;
  try {
    await mkdir(folder, { recursive: true });
    const archive = join(folder, 'temporal.tar.gz');
    await download(url, archive);
    const unpacked = await runProgram('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    if (!unpacked.succeeded) return 'the archive could not be unpacked';
    await chmod(join(folder, 'temporal'), 0o755);
    await rename(join(folder, 'temporal'), target);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

async function download(url: string, path: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
  if (!response.ok || !response.body) throw new Error(`${HOST} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
