import { execFileSync, spawnSync } from 'node:child_process';
import { CommandError } from '../command-error';
import type { PostgresBinaries } from './postgres-binaries';
import type { Program } from './program';

/** Turns a Postgres program into one that runs under an account Postgres accepts: it refuses to run as root. */
export type RunAs = (program: Program) => Program;

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/**
 * As anybody but root: unchanged. As root: under the system user `postgres`, which is created when it is missing.
 * @param folder - must be reachable for that user
 * @throws CommandError when root has no way to run it
 */
export function postgresAccount(binaries: PostgresBinaries, folder: string): { runAs: RunAs; account?: Account } {
  if (process.getuid?.() !== 0) return { runAs: (program) => program };
  const account = findAccount() ?? createAccount();
  if (canReach(account, binaries, folder)) return { account, runAs: (program) => ({ ...program, ...account }) };
  return { account, runAs: throughClosedFolders(account, binaries, folder) };
}

function findAccount(): Account | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, NAME], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createAccount(): Account {
  spawnSync('groupadd', ['--system', NAME]);
  spawnSync('useradd', ['--system', '--gid', NAME, '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  const account = findAccount();
  if (account) return account;
  throw new CommandError(
    'Postgres does not run as root and the system user `postgres` could not be created: run Herald as another user, or set DATABASE_URL.',
  );
}

function canReach(account: Account, binaries: PostgresBinaries, folder: string): boolean {
  const runs = spawnSync(binaries.postgres, ['--version'], { ...account, cwd: '/' }).status === 0;
  return runs && spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
}

/**
 * A clone under /root or in a temporary folder is closed to other users. Postgres looks only at the user id, so the
 * user keeps root's right to pass through folders instead of the folders being opened for everyone.
 */
function throughClosedFolders(account: Account, binaries: PostgresBinaries, folder: string): RunAs {
  const right = '+dac_override';
  const flags = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=${right}`,
    `--ambient-caps=${right}`,
  ];
  if (spawnSync('setpriv', [...flags, binaries.postgres, '--version'], { cwd: '/' }).status !== 0) {
    throw new CommandError(
      `Postgres does not run as root and its user \`${NAME}\` cannot enter ${folder}: run Herald as another user, put the clone where all users may enter, or set DATABASE_URL.`,
    );
  }
  return (program) => ({ ...program, command: 'setpriv', args: [...flags, program.command, ...program.args] });
}
