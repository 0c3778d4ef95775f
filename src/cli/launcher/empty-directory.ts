import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CommandError } from '../command-error';
import type { DataDirectory } from './data-directory';
import { endLeftovers } from './leftovers';
import { lockHolder } from './lock';

/**
 * Removes the state of earlier stacks, and nothing but that.
 * @throws CommandError when a stack runs on the directory, or something else lies in it
 */
export async function emptyDataDirectory(directory: DataDirectory): Promise<void> {
  if (!existsSync(directory.root)) return;
  const holder = lockHolder(directory);
  if (holder) {
    throw new CommandError(
      `A stack already runs on ${directory.root} (pid ${holder.pid}): stop it with \`npm run down -- --data ${directory.root}\`.`,
    );
  }
  const names = readdirSync(directory.root);
  const stranger = names.find((name) => !isOurs(directory, name));
  if (stranger !== undefined) {
    throw new CommandError(
      `${directory.root} holds ${stranger}, which is not Herald's, and would be emptied: choose another directory with \`--data DIR\`.`,
    );
  }
  await endLeftovers(directory);
  for (const name of names) rmSync(join(directory.root, name), { recursive: true, force: true });
}

/** Each file of ours has its name; some have companions, such as `temporal.db-wal`. */
function isOurs(directory: DataDirectory, name: string): boolean {
  const { root, ...paths } = directory;
  return Object.values(paths).some((path) => path !== root && name.startsWith(basename(path)));
}
