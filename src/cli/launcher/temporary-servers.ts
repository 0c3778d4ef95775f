import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { acceptsQueries, createDatabase, prepareEmbeddedPostgres } from './embedded-postgres';
import { Guard } from './guard';
import { anyFreePorts } from './ports';
import type { Program } from './program';
import { waitUntil } from './wait-until';

const START_TIMEOUT_MS = 30_000;
/** A crash of the machine may lose what was written: nobody needs it afterwards. */
const FAST_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Servers for the time of one program; they end with it, however it ends. */
export class TemporaryServers {
  private readonly guard: Guard;
  private readonly running: { readonly child: ChildProcess; readonly signal: NodeJS.Signals }[] = [];

  /** @param folder - of the servers' files; stands in the guard's command line */
  constructor(private readonly folder: string) {
    this.guard = new Guard(folder);
  }

  /**
   * Starts a Postgres of its own.
   * @param database - created in it
   * @returns the owner's address of that database
   */
  async startPostgres(database: string): Promise<string> {
    const postgres = await prepareEmbeddedPostgres(join(this.folder, 'postgres'), 'temporary');
    const [port = 0] = await anyFreePorts(1);
    const serverUrl = postgres.urlOn(port, 'postgres');
    await this.start(postgres.programOn(port, FAST_SETTINGS), 'SIGINT', () => acceptsQueries(serverUrl));
    await createDatabase(serverUrl, database);
    return postgres.urlOn(port, database);
  }

  /** Starts a program and waits until it answers. */
  async start(program: Program, signal: NodeJS.Signals, isReady: () => Promise<boolean>): Promise<void> {
    const { command, args, ...options } = program;
    const child = spawn(command, args, { ...options, stdio: 'ignore', detached: true });
    if (child.pid !== undefined) this.guard.watch(child.pid, signal);
    child.unref();
    this.running.push({ child, signal });
    if (!(await waitUntil(isReady, START_TIMEOUT_MS))) throw new Error(`${command} did not answer in time.`);
  }

  /** Ends all of them and waits until they are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ child, signal }) => end(child, signal)));
    await this.guard.close();
  }
}

/** Runs the work against a Postgres that exists only meanwhile. */
export async function withTemporaryPostgres<T>(folder: string, work: (ownerUrl: string) => Promise<T>): Promise<T> {
  const servers = new TemporaryServers(folder);
  try {
    return await work(await servers.startPostgres('herald'));
  } finally {
    await servers.stop();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}
