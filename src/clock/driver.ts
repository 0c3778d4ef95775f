import type { DataSource } from 'typeorm';
import { crashPoint } from '../crash-points';
import { clockMovedSignal } from '../../workflows/shared/lifecycle.contract';
import { earliestMs } from '../../domain/shared/facts';
import { MINUTE_MS } from '../../domain/shared/duration';
import type { WorkflowSignals } from '../outbox/workflow-signals';
import { eachBounded } from '../worker-loops/bounded';
import type { LoopLogger } from '../worker-loops/loop';
import type { ClockReading } from './clock-row';
import { moveClock, readClock, releaseClock, stopClock } from './clock-row';
import { nextDueMs } from './due-moments';
import type { DueOwner } from './due-owners';
import { dueOwners, laggards } from './due-owners';
import { stillOpen } from './quiet';
import type { SimulatorClock, SimulatorState } from './simulator-clock';

/** How often it looks whether a moment is over, wall clock. */
const LOOK_EVERY_MS = 15;
/** How often it looks whether it is to move, wall clock. */
const IDLE_MS = 100;
/** The simulator's own events are played in strides of at most this much business time. */
const STRIDE_MS = MINUTE_MS;
/** Whoever keeps a moment open is told again after this long, wall clock. */
const TELL_AGAIN_MS = 2_000;
/** A moment that is open for this long is said, wall clock. */
const SAY_AFTER_MS = 30_000;
/** Timers of workflows run on the wall clock: after a move they ring late, so whoever is overdue by this is told. */
const OVERDUE_MS = 1_000;
/** Nobody is told more often that they are overdue, wall clock: a campaign at work always has something due. */
const OVERDUE_AGAIN_MS = 10_000;
const WIDTH = 30;

/** What the driver works with. */
export interface ClockDriverPorts {
  readonly dataSource: DataSource;
  readonly signals: WorkflowSignals;
  readonly simulator: SimulatorClock;
  readonly logger: LoopLogger;
}

/**
 * Moves the clock of the sandbox from due moment to due moment, and waits at each until everything that was due is done
 * (protocol §8). All it has to know stands in the clock row, so whoever takes over goes on from there.
 */
export class ClockDriver {
  /** The frozen moment that simulator and workflows were told of. */
  private arrivedAtMs: number | null = null;
  /** Whether the simulator's clock runs with ours. */
  private isInStep = false;
  private epoch = 0;
  private openSince = 0;
  private toldAt = 0;
  private saidAt = 0;
  /** When owners were told last that they are overdue, wall clock. */
  private readonly overdueTold = new Map<string, number>();

  constructor(private readonly ports: ClockDriverPorts) {}

  /** @returns when to look again, milliseconds of wall clock */
  readonly round = async (): Promise<number> => {
    const clock = await readClock(this.ports.dataSource.manager);
    if (clock.epoch !== this.epoch) this.enter(clock.epoch);
    if (clock.targetMs === null) return this.keepStep(clock);
    if (clock.running) await stopClock(this.ports.dataSource.manager);
    else if (clock.nowMs !== this.arrivedAtMs) await this.arrive(clock);
    else return this.leaveWhenQuiet(clock.nowMs, clock.targetMs);
    return 0;
  };

  /** The clock was set back: the simulator is told anew where it stands, whatever it was told before. */
  private enter(epoch: number): void {
    this.epoch = epoch;
    this.isInStep = false;
    this.arrivedAtMs = null;
  }

  /** Nothing to move: both clocks run side by side, and nobody oversleeps. */
  private async keepStep(clock: ClockReading): Promise<number> {
    this.arrivedAtMs = null;
    if (!this.isInStep) {
      await this.ports.simulator.set({ nowMs: clock.nowMs, frozen: !clock.running, wallMs: clock.wallMs });
      this.isInStep = true;
    }
    const overdue = await dueOwners(this.ports.dataSource.manager, clock.nowMs - OVERDUE_MS);
    await this.tellOverdue(overdue, clock.nowMs);
    return IDLE_MS;
  }

  private async tellOverdue(overdue: readonly DueOwner[], nowMs: number): Promise<void> {
    const wall = performance.now();
    for (const [ownerId, toldAt] of this.overdueTold) {
      if (wall - toldAt >= OVERDUE_AGAIN_MS) this.overdueTold.delete(ownerId);
    }
    const untold = overdue.filter(({ ownerId }) => !this.overdueTold.has(ownerId));
    await this.tell(untold, nowMs);
    for (const { ownerId } of untold) this.overdueTold.set(ownerId, wall);
  }

  /** Time stands at a new moment: the simulator plays what is due by then, and whoever has something due is told. */
  private async arrive({ nowMs, wallMs }: ClockReading): Promise<void> {
    const { dataSource, simulator } = this.ports;
    this.isInStep = false;
    await simulator.set({ nowMs, frozen: true, wallMs });
    await this.tell(await dueOwners(dataSource.manager, nowMs), nowMs);
    this.arrivedAtMs = nowMs;
    this.openSince = this.toldAt = this.saidAt = performance.now();
  }

  private async leaveWhenQuiet(nowMs: number, targetMs: number): Promise<number> {
    const { dataSource, simulator } = this.ports;
    const before = await simulator.look();
    if (before !== null && before.nowMs !== nowMs) {
      this.arrivedAtMs = null;
      return 0;
    }
    if (before?.isQuiet === false) return this.wait(nowMs, ['simulator']);
    const open = await stillOpen(dataSource.manager, nowMs);
    if (open.length > 0) return this.wait(nowMs, open);
    const after = await simulator.look();
    if (after !== null && (!after.isQuiet || after.seq !== before?.seq)) return 0;
    if (nowMs >= targetMs) await this.release(nowMs);
    else await this.step(nowMs, targetMs, after);
    return 0;
  }

  private async step(nowMs: number, targetMs: number, simulator: SimulatorState | null): Promise<void> {
    await moveClock(this.ports.dataSource.manager, await this.nextMoment(nowMs, targetMs, simulator));
    crashPoint('after-clock-step');
  }

  /** The earliest of target, what is due here and what is due there; many events of the simulator share a stride. */
  private async nextMoment(nowMs: number, targetMs: number, simulator: SimulatorState | null): Promise<number> {
    const ours = await nextDueMs(this.ports.dataSource.manager, nowMs);
    const theirs = simulator?.nextDueMs ?? null;
    const stride = theirs === null ? null : Math.max(theirs, nowMs + STRIDE_MS);
    return earliestMs(targetMs, ours, stride) ?? targetMs;
  }

  private async release(nowMs: number): Promise<void> {
    if (await releaseClock(this.ports.dataSource.manager, nowMs)) await this.keepStep(await this.reading());
  }

  private reading(): Promise<ClockReading> {
    return readClock(this.ports.dataSource.manager);
  }

  /** Signals are hints and may get lost; nothing rests on one, so they are told again. */
  private async wait(nowMs: number, open: readonly string[]): Promise<number> {
    const wall = performance.now();
    if (wall - this.toldAt > TELL_AGAIN_MS) {
      await this.tell(await laggards(this.ports.dataSource.manager, nowMs), nowMs);
      this.toldAt = performance.now();
    }
    if (wall - this.saidAt > SAY_AFTER_MS) {
      const facts = { at: new Date(nowMs).toISOString(), open, seconds: Math.round((wall - this.openSince) / 1_000) };
      this.ports.logger.warn(facts, 'The clock waits for what is due');
      this.saidAt = wall;
    }
    return LOOK_EVERY_MS;
  }

  private async tell(owners: readonly DueOwner[], nowMs: number): Promise<void> {
    await eachBounded(owners, WIDTH, ({ ownerId, ownerKind, pageId, workspaceId }) =>
      this.ports.signals.signalWithStart({
        workspaceId,
        pageId,
        ownerKind,
        ownerId,
        signal: clockMovedSignal.name,
        args: { nowMs },
      }),
    );
  }
}
