import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiClient } from '../../src/cli/api-client';
import type { Runtime } from '../../src/cli/launcher/runtime-file';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import { choosePorts } from '../support/running-stack';

const PROGRAM = resolve('dist/src/cli/main.js');
const START_TIMEOUT_MS = 90_000;
jest.setTimeout(2 * START_TIMEOUT_MS);

/** Open to nobody else, as folders of mktemp are: Postgres must run in it all the same. */
const directory = mkdtempSync(join(tmpdir(), 'herald-e2e-'));
const runtimeFile = join(directory, 'runtime.json');
const launchers: ChildProcess[] = [];

beforeAll(() => choosePorts(directory));
afterAll(async () => {
  for (const launcher of launchers) launcher.kill('SIGKILL');
  await waitUntil(() => processesOfTheStack().length === 0, 15_000);
  rmSync(directory, { recursive: true, force: true });
});

function up(): ChildProcess {
  const launcher = spawn(process.execPath, [PROGRAM, 'up', '--data', directory], {
    stdio: 'ignore',
    cwd: resolve('.'),
  });
  launchers.push(launcher);
  return launcher;
}

function runtime(): Runtime {
  return JSON.parse(readFileSync(runtimeFile, 'utf8')) as Runtime;
}

async function runtimeOf(launcher: ChildProcess): Promise<Runtime> {
  const isUp = (): boolean => existsSync(runtimeFile) && runtime().pids.launcher === launcher.pid;
  expect(await waitUntil(isUp, START_TIMEOUT_MS)).toBe(true);
  return runtime();
}

/** Runs a command against the stack and gives what it prints. */
function herald(...args: string[]): string {
  return execFileSync(process.execPath, [PROGRAM, ...args, '--data', directory], { encoding: 'utf8' });
}

/** Ids of the Page's people who came this way. */
async function peopleOf(pageId: string, source: string): Promise<string[]> {
  const { apiUrl, apiKey } = runtime();
  const people: string[] = [];
  for await (const { id } of new ApiClient(apiUrl, apiKey).list<{ id: string }>('/v1/subscribers', {
    pageId,
    source,
  })) {
    people.push(id);
  }
  return people;
}

/** Every process of the stack has its directory on its command line. */
function processesOfTheStack(): string[] {
  return execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(directory));
}

async function workerOtherThan(pid: number | undefined, timeoutMs: number): Promise<boolean> {
  return waitUntil(() => ![undefined, pid].includes(runtime().pids.worker), timeoutMs);
}

describe('A stack on a fresh directory', () => {
  let first: Runtime;

  it('answers on every address of runtime.json, which only its owner can read', async () => {
    first = await runtimeOf(up());
    expect(statSync(runtimeFile).mode & 0o777).toBe(0o600);
    const addresses = [
      `${first.apiUrl}/health/ready`,
      `${first.simulatorUrl ?? ''}/__sim`,
      first.temporalUiUrl ?? '',
      first.temporalMetricsUrl ?? '',
    ];
    const statuses = await Promise.all(addresses.map(async (address) => (await fetch(address)).status));
    expect(statuses).toEqual([200, 200, 200, 200]);
    const pages = await fetch(`${first.apiUrl}/v1/pages`, { headers: { authorization: `Bearer ${first.apiKey}` } });
    expect(pages.status).toBe(200);
  });

  it("is seeded with the FAQ's Page, and seeding it again changes nothing", async () => {
    herald('seed');
    herald('seed');
    const [page] = JSON.parse(herald('herald', 'page', 'list', '--json')) as { id: string }[];
    const bySource = await Promise.all(['opt_in', 'contact_list'].map((source) => peopleOf(page?.id ?? '', source)));
    expect(bySource.map((people) => people.length)).toEqual([500, 500]);
    const why = herald('herald', 'why', '--subscriber', bySource[0]?.[0] ?? '');
    expect(why).toMatch(/^Subscribed since .*R-11.*source: /);
  });

  it('has room for another workspace, whose key sees nothing of the first', async () => {
    const { apiKey } = JSON.parse(herald('herald', 'workspace', 'create', '--name', 'Second', '--json')) as {
      apiKey: string;
    };
    const answer = await fetch(`${first.apiUrl}/v1/pages`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(await answer.json()).toEqual({ data: [], nextCursor: null });
  });

  it('starts a killed worker again within two seconds, on a busy machine a little later, and says so in runtime.json', async () => {
    const { worker } = runtime().pids;
    process.kill(worker ?? 0, 'SIGKILL');
    expect(await workerOtherThan(worker, 5_000)).toBe(true);
  });

  it('refuses a second launcher', () => {
    expect(() =>
      execFileSync(process.execPath, [PROGRAM, 'up', '--data', directory], { stdio: 'pipe', timeout: 30_000 }),
    ).toThrow('npm run down');
  });

  it('leaves none of our programs running when its launcher is killed', async () => {
    const { launcher } = runtime().pids;
    process.kill(launcher, 'SIGKILL');
    expect(await waitUntil(() => processesOfTheStack().length === 0, 60_000)).toBe(true);
  });

  it('goes on with the same ports and the same key', async () => {
    const again = await runtimeOf(up());
    expect([again.apiUrl, again.apiKey, again.databaseUrl]).toEqual([first.apiUrl, first.apiKey, first.databaseUrl]);
    expect(again.simulator).toEqual(first.simulator);
  });

  it('ends within 15 seconds when it is told to, and leaves nothing', () => {
    const startedMs = Date.now();
    herald('down');
    expect(Date.now() - startedMs).toBeLessThan(15_000);
    expect(processesOfTheStack()).toEqual([]);
    expect(existsSync(runtimeFile)).toBe(false);
  });
});
