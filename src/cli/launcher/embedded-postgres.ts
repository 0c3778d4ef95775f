import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { CommandError } from '../command-error';
import { endProcess } from './end-process';
import { postgresAccount, type RunAs } from './postgres-account';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries';
import { commandLine, identify } from './process-identity';
import type { Program } from './program';

/** The role that owns everything in an embedded Postgres. */
export const EMBEDDED_OWNER = 'herald';

/** Settings of every embedded Postgres: loopback only, and no row's content in its log. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=300',
  'log_line_prefix=',
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
];

const STOP_GRACE_MS = 5_000;

/** A folder with a database cluster, and how to run Postgres on it. */
export interface EmbeddedPostgres {
  /** @param settings - `name=value`, beyond those of every embedded Postgres */
  programOn(port: number, settings?: readonly string[]): Program;
  /** @returns the owner's address of a database in it */
  urlOn(port: number, database: string): string;
}

/**
 * Makes the cluster if it is not there yet, and ends a Postgres that a killed launcher left on it.
 * @param folder - absolute
 * @param password - the owner's
 */
export async function prepareEmbeddedPostgres(folder: string, password: string): Promise<EmbeddedPostgres> {
  const binaries = findPostgresBinaries();
  mkdirSync(dirname(folder), { recursive: true });
  const { runAs, account } = postgresAccount(binaries, dirname(folder));
  await endLeftover(folder);
  if (existsSync(join(folder, 'PG_VERSION'))) requireSameVersion(folder, binaries);
  else {
    initialise(folder, password, binaries, runAs, (path) => {
      if (account) chownSync(path, account.uid, account.gid);
    });
  }
  return {
    programOn: (port, settings = []) =>
      runAs({
        command: binaries.postgres,
        args: ['-D', folder, '-p', String(port), ...[...SETTINGS, ...settings].flatMap((setting) => ['-c', setting])],
        cwd: '/',
      }),
    urlOn: (port, database) => `postgres://${EMBEDDED_OWNER}:${password}@127.0.0.1:${port}/${database}`,
  };
}

/** Creates the database unless it exists. */
export async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** @returns whether the server answers a query */
export async function acceptsQueries(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Written beside and renamed when whole: a start that was interrupted begins again. */
function initialise(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  runAs: RunAs,
  give: (path: string) => void,
): void {
  const draft = `${folder}.draft`;
  const passwordFile = `${folder}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  [draft, passwordFile].forEach(give);
  const program = runAs({
    command: binaries.initdb,
    args: [
      `--pgdata=${draft}`,
      `--username=${EMBEDDED_OWNER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    cwd: '/',
  });
  const { status, stderr } = spawnSync(program.command, program.args, { ...program, encoding: 'utf8' });
  rmSync(passwordFile);
  if (status !== 0) {
    throw new CommandError(
      `Postgres could not create its files in ${folder}: ${faultIn(stderr)}; free some space, choose another directory with \`--data DIR\`, or set DATABASE_URL.`,
    );
  }
  renameSync(draft, folder);
}

/** postmaster.pid names the server of the folder; the command line tells it from a stranger with the same pid. */
async function endLeftover(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const server = identify(Number.parseInt(readFileSync(pidFile, 'utf8'), 10));
  if (server && commandLine(server.pid).includes(folder)) await endProcess(server, 'SIGINT', STOP_GRACE_MS);
  else rmSync(pidFile);
}

/** A cluster is read by its own major version only. */
function requireSameVersion(folder: string, { postgres }: PostgresBinaries): void {
  const made = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const [, ours] = /(\d+)/.exec(spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout) ?? [];
  if (made === ours || ours === undefined) return;
  throw new CommandError(
    `The database in ${folder} was made by Postgres ${made} and this Herald brings Postgres ${ours}: run the Herald that made it, or choose another directory with \`--data DIR\`.`,
  );
}

/** What failed first is the cause; what follows is clearing up. */
function faultIn(text: string): string {
  const lines = text.trim().split('\n');
  return lines.find((line) => /error:|fatal:|panic:/i.test(line)) ?? lines.at(-1) ?? '';
}
