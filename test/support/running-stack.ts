import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataDirectoryAt } from '../../src/cli/launcher/data-directory';
import type { PartName } from '../../src/cli/launcher/part-name';
import { anyFreePorts, USUAL_PORTS } from '../../src/cli/launcher/ports';
import type { Runtime } from '../../src/cli/launcher/runtime-file';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import { HeraldClient } from './herald-client';

const PROGRAM = resolve('dist/src/cli/main.js');
const START_MS = 120_000;
const STOP_MS = 20_000;

/** What a stack is started with. */
export interface RunningStackOptions {
  /** Of the launcher and all its parts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the simulator. */
  readonly profile?: string;
  /** An existing data directory; else a new one that `stop` removes. */
  readonly directory?: string;
}

/** Herald as `npm run up` runs it: every part a process of its own, that a test may kill, freeze or cut off. */
export class RunningStack extends HeraldClient {
  private constructor(
    readonly directory: string,
    private readonly launcher: ChildProcess,
    runtime: Runtime,
    private readonly isOurs: boolean,
  ) {
    super(runtime.apiUrl, runtime.apiKey, runtime.simulatorUrl ?? '');
  }

  /** @throws Error when the stack does not come up */
  static async start({ environment, profile, directory }: RunningStackOptions = {}): Promise<RunningStack> {
    const data = directory ?? mkdtempSync(join(tmpdir(), 'herald-running-'));
    const launcher = await launch(data, {
      ...(profile !== undefined && { SIMULATOR_PROFILE: profile }),
      ...environment,
    });
    let complaint = '';
    launcher.stderr?.on('data', (text) => (complaint = String(text)));
    const isUp = (): boolean => readRuntime(data)?.pids.launcher === launcher.pid;
    await waitUntil(() => isUp() || launcher.exitCode !== null, START_MS);
    const runtime = readRuntime(data);
    if (!isUp() || runtime === undefined) {
      launcher.kill('SIGKILL');
      throw new Error(`The stack on ${data} does not come up; its logs stand in ${data}/logs. ${complaint}`);
    }
    return new RunningStack(data, launcher, runtime, directory === undefined);
  }

  /** Kills a launcher in the middle of its start, as soon as a moment of it has come; what it ran ends by itself. */
  static async killStart(directory: string, hasCome: () => boolean): Promise<void> {
    const launcher = await launch(directory);
    const isInTime = await waitUntil(hasCome, START_MS);
    launcher.kill('SIGKILL');
    await waitUntil(() => launcher.signalCode !== null || launcher.exitCode !== null, STOP_MS);
    if (!isInTime) throw new Error(`The start on ${directory} does not come that far.`);
  }

  /** What runtime.json says now. @throws Error when there is none */
  runtime(): Runtime {
    const runtime = readRuntime(this.directory);
    if (runtime === undefined) throw new Error(`Nothing runs on ${this.directory}.`);
    return runtime;
  }

  /** @throws Error when that part is not one of the stack's own */
  pidOf(part: PartName): number {
    const pid = this.runtime().pids[part];
    if (pid === undefined) throw new Error(`The stack runs no ${part} of its own.`);
    return pid;
  }

  /** Sends a signal to a part. @returns its process id */
  signal(part: PartName, signal: NodeJS.Signals): number {
    const pid = this.pidOf(part);
    process.kill(pid, signal);
    return pid;
  }

  /** Kills the launcher with SIGKILL and waits until it is gone; what it ran ends by itself, or by the next start. */
  async killLauncher(): Promise<void> {
    this.launcher.kill('SIGKILL');
    await waitUntil(() => this.launcher.signalCode !== null, STOP_MS);
  }

  /** Waits for the process that follows a dead one. @returns milliseconds it took, wall clock */
  async successor(part: PartName, pid: number, timeoutMs = 60_000): Promise<number> {
    const startedMs = performance.now();
    if (!(await waitUntil(() => ![undefined, pid].includes(this.runtime().pids[part]), timeoutMs))) {
      throw new Error(`Nobody follows the ${part} ${pid}.`);
    }
    return performance.now() - startedMs;
  }

  /** Stops everything; a directory of the stack's own is removed. */
  async stop(): Promise<void> {
    this.launcher.kill('SIGTERM');
    if (!(await waitUntil(() => this.launcher.exitCode !== null || this.launcher.signalCode !== null, STOP_MS))) {
      this.launcher.kill('SIGKILL');
    }
    if (this.isOurs) rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Begins to start a stack on its data directory. */
async function launch(data: string, environment: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  await choosePorts(data);
  return spawn(process.execPath, [PROGRAM, 'up', '--data', data], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: resolve('.'),
    env: { ...process.env, ...environment },
  });
}

/**
 * A new stack of a test takes none of the usual ports: while one of its parts is dead, another stack that starts would
 * find that part's port free and take it.
 */
export async function choosePorts(data: string): Promise<void> {
  const { portsFile } = dataDirectoryAt(data);
  if (existsSync(portsFile)) return;
  const names = Object.keys(USUAL_PORTS);
  const ports = await anyFreePorts(names.length);
  mkdirSync(data, { recursive: true });
  writeFileSync(portsFile, JSON.stringify(Object.fromEntries(names.map((name, index) => [name, ports[index]]))));
}

function readRuntime(directory: string): Runtime | undefined {
  const path = join(directory, 'runtime.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Runtime) : undefined;
}
