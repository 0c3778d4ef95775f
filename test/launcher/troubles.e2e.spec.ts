import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { createDataSource } from '../../src/persistence/data-source';
import { createTestDatabase } from '../support/database';
import { temporaryFolders } from './temporary-folder';

const UP = [process.execPath, resolve('dist/src/cli/main.js'), 'up', '--data'];
jest.setTimeout(90_000);

const aFolder = temporaryFolders();

/** Runs a command where its mounts are its own. */
const ALONE: readonly string[] = [
  'unshare',
  ...(process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']),
];

/** A machine that allows no mounts cannot show these troubles. */
const onItsOwnDisk = mayMount() ? it : it.skip;

function mayMount(): boolean {
  const [command, ...args] = [...ALONE, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()];
  return spawnSync(command, args).status === 0;
}

/** What a start came to. */
interface Start {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs a command to its end. */
function run(
  [command = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Start> {
  return new Promise((done) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('close', (status) => {
      done({ status, stderr });
    });
  });
}

/** Starts a stack that cannot come up. @returns the one sentence it says */
async function trouble(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
  command: readonly string[] = [...UP, directory],
): Promise<string> {
  const { status, stderr } = await run(command, environment);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  const running = execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).split('\n');
  expect(running.filter((args) => args.includes(directory))).toEqual([]);
  return stderr;
}

/** A start on a disk of its own, which ends with it. @param options - of the mount */
function onADisk(directory: string, options: string): string[] {
  const script = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"';
  return [...ALONE, 'sh', '-c', script, options, directory, ...UP, directory];
}

/** A program that says it is a fitting Temporal, and then does this. */
function aTemporal(then: string): string {
  const path = join(aFolder(), 'temporal');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && echo 'temporal version 1.9.1' && exit\n${then}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('A stack that cannot start says why in one sentence', () => {
  onItsOwnDisk('where the disk is full', async () => {
    const directory = aFolder();
    const said = await trouble(directory, {}, onADisk(directory, 'size=1m'));
    expect(said).toContain(`The disk of ${directory} is full`);
    expect(said).toContain('--data DIR');
  });

  onItsOwnDisk('where the disk is read-only', async () => {
    const directory = aFolder();
    expect(await trouble(directory, {}, onADisk(directory, 'ro'))).toContain('it cannot be made there');
  });

  it('where the directory lies below a file', async () => {
    const file = join(aFolder(), 'file');
    writeFileSync(file, '');
    expect(await trouble(join(file, 'data'))).toContain('a part of the path is a file');
  });

  it('where another Postgres made the database', async () => {
    const directory = aFolder();
    mkdirSync(join(directory, 'postgres'));
    writeFileSync(join(directory, 'postgres', 'PG_VERSION'), '16\n');
    const said = await trouble(directory);
    expect(said).toMatch(/was made by Postgres 16 and this Herald brings Postgres \d+/);
  });

  it('where a newer Herald laid the directory out', async () => {
    const directory = aFolder();
    writeFileSync(join(directory, 'version.json'), JSON.stringify({ dataVersion: 99 }));
    expect(await trouble(directory)).toContain('was made by a newer Herald (data version 99');
  });

  it('where a newer Herald migrated the database', async () => {
    const databaseUrl = await createTestDatabase();
    const owner = await createDataSource(databaseUrl, { applicationName: 'test', size: 1 }).initialize();
    await owner.query(`INSERT INTO migrations (timestamp, name) VALUES (9000000000000, 'OfTheFuture9000000000000')`);
    await owner.destroy();
    const temporal = { TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'] ?? '' };
    const said = await trouble(aFolder(), { ...temporal, DATABASE_URL: databaseUrl });
    expect(said).toContain('was migrated by a newer Herald (OfTheFuture9000000000000)');
  });

  it("where somebody else has the directory's port", async () => {
    const somebody = createServer();
    await new Promise<void>((listening) => somebody.listen(0, '127.0.0.1', listening));
    const { port } = somebody.address() as AddressInfo;
    const directory = aFolder();
    writeFileSync(join(directory, 'ports.json'), JSON.stringify({ api: port }));
    expect(await trouble(directory)).toContain(`Port ${port} (api), which this data directory uses, is taken`);
    somebody.close();
  });

  it('where the named Temporal does not run', async () => {
    const broken = join(aFolder(), 'temporal');
    writeFileSync(broken, 'half a program');
    chmodSync(broken, 0o755);
    expect(await trouble(aFolder(), { TEMPORAL_CLI_PATH: broken })).toContain(
      `TEMPORAL_CLI_PATH (${broken}) is no temporal program that runs`,
    );
  });

  it('where Temporal dies at its start', async () => {
    const said = await trouble(aFolder(), { TEMPORAL_CLI_PATH: aTemporal('echo "no such flag" >&2; exit 1') });
    expect(said).toContain('temporal ended while it started; its last words were "no such flag"');
  });
});
