import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from '../command-error';
import { endProcess } from './end-process';
import type { Guard } from './guard';
import type { PartLog } from './part-log';
import type { PartName } from './part-name';
import { identify, type ProcessIdentity } from './process-identity';
import type { Program } from './program';
import { waitUntil } from './wait-until';

/** How one part of the stack is run. */
export interface PartPlan {
  readonly name: PartName;
  readonly program: Program;
  /** Runs before every start: lets go of the reserved port, ends what an earlier run left. */
  readonly beforeStart: () => Promise<void>;
  /** Whether it answers. */
  readonly isReady: () => Promise<boolean>;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end before it is killed. */
  readonly stopGraceMs: number;
  /** How often the first start is tried: a server waits out what a killed one still holds. */
  readonly startAttempts: number;
  /** How long each of them may take; absent = a minute. */
  readonly readyTimeoutMs?: number;
}

/** Whom a part tells what happens to it. */
export interface PartObserver {
  /** It got a new process, or lost its own. */
  readonly changed: () => void;
  readonly say: (line: string) => void;
}

const READY_TIMEOUT_MS = 60_000;
const START_AGAIN_MS = 1_000;
/** Whoever ran this long did start, and died of something else: it is started again at once. */
const STABLE_AFTER_MS = 5_000;
const RESTART_DELAYS_MS = [250, 1_000, 2_000, 5_000, 10_000, 30_000] as const;
const LONGEST_DELAY_MS = 30_000;

/** A program that is started, watched, started again when it dies, and stopped. */
export class Part {
  private child: ChildProcess | undefined;
  private current: ProcessIdentity | undefined;
  private startedAtMs = 0;
  private failures = 0;
  private readonly stopping = new AbortController();
  private isSupervised = false;

  constructor(
    private readonly plan: PartPlan,
    private readonly guard: Guard,
    private readonly log: PartLog,
    private readonly observer: PartObserver,
  ) {}

  get name(): PartName {
    return this.plan.name;
  }

  /** The process that runs now, or undefined. */
  get identity(): ProcessIdentity | undefined {
    return this.current;
  }

  /**
   * Starts it and waits until it answers; from then on it is started again whenever it dies.
   * @throws CommandError when it ends or does not answer in time
   */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.launch();
        await this.untilReady();
        break;
      } catch (error) {
        if (attempt >= this.plan.startAttempts || this.stopping.signal.aborted) throw error;
        await this.endCurrent();
        await delay(START_AGAIN_MS, undefined, { signal: this.stopping.signal });
      }
    }
    this.isSupervised = true;
    if (this.current === undefined) void this.restart();
  }

  /** Ends it, politely first, and waits until it is gone. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.endCurrent();
    this.log.close();
  }

  private async endCurrent(): Promise<void> {
    if (this.current) await endProcess(this.current, this.plan.stopSignal, this.plan.stopGraceMs);
  }

  private async launch(): Promise<void> {
    await this.plan.beforeStart();
    this.stopping.signal.throwIfAborted();
    const { command, args, ...options } = this.plan.program;
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child = child;
    this.startedAtMs = Date.now();
    child.once('error', (error) => {
      this.log.write(error.message);
    });
    child.once('exit', (code, signal) => {
      this.ended(child, signal ?? `status ${String(code)}`);
    });
    this.log.follow(child.stdout);
    this.log.follow(child.stderr);
    if (child.pid === undefined) throw new Error(`${command} cannot be run`);
    this.guard.watch(child.pid, this.plan.stopSignal);
    this.current = identify(child.pid);
    this.observer.changed();
  }

  private async untilReady(): Promise<void> {
    const isOver = async (): Promise<boolean> => this.current === undefined || (await this.plan.isReady());
    const isOverInTime = await waitUntil(isOver, this.plan.readyTimeoutMs ?? READY_TIMEOUT_MS);
    this.stopping.signal.throwIfAborted();
    if (isOverInTime && this.current !== undefined) return;
    const fault = this.current === undefined ? 'ended while it started' : 'did not answer in time';
    const { lastLine = 'nothing', path } = this.log;
    throw new CommandError(`${this.name} ${fault}; its last words were "${lastLine}", all of them stand in ${path}.`);
  }

  private ended(child: ChildProcess, how: string): void {
    if (child.pid !== undefined) this.guard.forget(child.pid);
    if (child !== this.child) return;
    this.current = undefined;
    if (this.stopping.signal.aborted || !this.isSupervised) return;
    this.observer.say(`${this.name} ended (${how})`);
    this.observer.changed();
    void this.restart();
  }

  private async restart(): Promise<void> {
    if (Date.now() - this.startedAtMs > STABLE_AFTER_MS) this.failures = 0;
    const delayMs = RESTART_DELAYS_MS[this.failures] ?? LONGEST_DELAY_MS;
    this.failures += 1;
    this.observer.say(`${this.name} starts again in ${delayMs / 1_000} s`);
    try {
      await delay(delayMs, undefined, { signal: this.stopping.signal });
      await this.launch();
      this.observer.say(`${this.name} runs again`);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.observer.say(`${this.name} could not be started: ${error instanceof Error ? error.message : String(error)}`);
      void this.restart();
    }
  }
}
