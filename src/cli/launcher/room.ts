import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error';
import type { DataDirectory } from './data-directory';

const MEGABYTE = 1_000_000;

/** A fresh stack writes 60 MB, most of it Postgres, and grows from there. */
const FRESH_STACK_BYTES = 200 * MEGABYTE;
const KEPT_STACK_BYTES = 50 * MEGABYTE;

/**
 * Refuses a disk on which a stack would die half-way.
 * @throws CommandError when too little is free
 */
export function requireRoom(directory: DataDirectory): void {
  const isKept = existsSync(join(directory.postgres, 'PG_VERSION'));
  const needed = isKept ? KEPT_STACK_BYTES : FRESH_STACK_BYTES;
  const { bavail, bsize } = statfsSync(directory.root);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new CommandError(
    `The disk of ${directory.root} is full: ${inMegabytes(free)} are free and a stack needs ${inMegabytes(needed)}; free some space or choose another directory with \`--data DIR\`.`,
  );
}

const inMegabytes = (bytes: number): string => `${Math.floor(bytes / MEGABYTE)} MB`;
