import { linkSync, renameSync, rmSync } from 'node:fs';
import { readJson } from './private-file';
import { isRunning, type ProcessIdentity } from './process-identity';

/** @returns the process that a lock names, while it runs */
export function holderIn(path: string): ProcessIdentity | undefined {
  const holder = readJson(path) as ProcessIdentity | undefined;
  return holder && isRunning(holder) ? holder : undefined;
}

/** A link fails when the name exists and shows the whole file at once. @returns whether the name was free */
export function linkLock(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose holder is gone. Between the look and the removal another launcher may have taken it: what was
 * moved aside is looked at once more, and a living one is put back.
 */
export function removeStaleLock(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (holderIn(aside)) linkLock(aside, path);
  rmSync(aside, { force: true });
}
