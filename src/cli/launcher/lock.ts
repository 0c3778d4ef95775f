import { rmSync } from 'node:fs';
import { CommandError } from '../command-error';
import type { DataDirectory } from './data-directory';
import { writePrivateJson } from './private-file';
import { identify, type ProcessIdentity } from './process-identity';
import { holderIn, linkLock, removeStaleLock } from './stale-lock';

/**
 * Takes the directory for this process, also from one that died without giving it back.
 * @returns a function that gives it back
 * @throws CommandError when another launcher runs on it
 */
export function lockDataDirectory(directory: DataDirectory): () => void {
  const self = identify(process.pid);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const holder = lockHolder(directory);
    if (holder) throw inUse(directory, holder);
    removeStaleLock(directory.lockFile);
    if (createLock(directory.lockFile, self))
      return () => {
        releaseLock(directory);
      };
  }
  throw new CommandError(`${directory.root} is being taken by another launcher at this moment; try again.`);
}

/** @returns the launcher that runs on the directory, or undefined */
export function lockHolder(directory: DataDirectory): ProcessIdentity | undefined {
  return holderIn(directory.lockFile);
}

function createLock(path: string, self: ProcessIdentity | undefined): boolean {
  const draft = `${path}.${process.pid}`;
  writePrivateJson(draft, self);
  try {
    return linkLock(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function releaseLock(directory: DataDirectory): void {
  if (lockHolder(directory)?.pid === process.pid) rmSync(directory.lockFile, { force: true });
}

function inUse(directory: DataDirectory, holder: ProcessIdentity): CommandError {
  return new CommandError(
    `A stack already runs on ${directory.root} (pid ${holder.pid}); stop it with \`npm run down -- --data ${directory.root}\` or choose another directory with \`--data DIR\`.`,
  );
}
