import { rmSync } from 'node:fs';
import type { DataDirectory } from './data-directory';
import { endProcess } from './end-process';
import type { Part } from './part';
import type { PartName } from './part-name';
import { readJson, writePrivateJson } from './private-file';
import { commandLine, isRunning, type ProcessIdentity } from './process-identity';

type Recorded = Partial<Record<PartName, ProcessIdentity>>;

const GRACE_MS = 5_000;

/** Writes down which processes run for the directory, so that the next start finds them if this one is killed. */
export function recordProcesses(directory: DataDirectory, parts: Iterable<Part>): void {
  const recorded: Recorded = {};
  for (const part of parts) if (part.identity) recorded[part.name] = part.identity;
  writePrivateJson(directory.processesFile, recorded);
}

/** Forgets them: all have ended. */
export function forgetProcesses(directory: DataDirectory): void {
  rmSync(directory.processesFile, { force: true });
}

/**
 * Ends what a killed launcher left on the directory.
 * @returns the names of what was still running
 */
export async function endLeftovers(directory: DataDirectory): Promise<PartName[]> {
  const recorded = (readJson(directory.processesFile) ?? {}) as Recorded;
  const left = Object.entries(recorded).filter(([, identity]) => belongsTo(directory, identity));
  await Promise.all(
    left.map(([name, identity]) => endProcess(identity, name === 'postgres' ? 'SIGINT' : 'SIGTERM', GRACE_MS)),
  );
  return left.map(([name]) => name as PartName);
}

/** The same pid, the same start and the directory on its command line: nobody else's process is ever ended. */
function belongsTo(directory: DataDirectory, identity: ProcessIdentity): boolean {
  return isRunning(identity) && commandLine(identity.pid).includes(directory.root);
}
