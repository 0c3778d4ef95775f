import { setImmediate as nextTurn } from 'node:timers/promises';
import { MINUTE_MS } from '../model/periods';
import type { BusinessClock } from './business-clock';
import type { SimEvent } from './event';
import type { EventQueue } from './event-queue';

/** The most business time played between two looks at the network. */
const STRIDE_MS = MINUTE_MS;

/** A running clock is looked at again at the latest after this, so that a long timer never drifts. */
const LONGEST_NAP_MS = 60_000;

export interface ClockTarget {
  readonly nowMs: number;
  readonly frozen: boolean;
  /** The wall moment at which `nowMs` holds; ignored when frozen. */
  readonly wallMs: number;
  readonly driven: boolean;
}

/** Plays what is due: by itself while the clock runs, and stride by stride when the clock is moved. */
export class Player {
  private timer: NodeJS.Timeout | undefined;
  private moving: Promise<void> = Promise.resolve();
  private isMoving = false;

  constructor(
    private readonly clock: BusinessClock,
    private readonly queue: EventQueue,
    private readonly play: (event: SimEvent) => void,
  ) {}

  /** Moves the clock and answers when all that became due is played; moves asked for meanwhile follow in turn. */
  moveTo(target: () => ClockTarget): Promise<void> {
    const move = this.moving.then(() => this.move(target()));
    this.moving = move.catch(() => undefined);
    return move;
  }

  /** Arms the timer for the next event of a running clock. */
  readonly wake = (): void => {
    clearTimeout(this.timer);
    if (this.isMoving || !this.clock.running) return;
    const dueMs = this.queue.nextDueMs();
    if (dueMs === undefined) return;
    this.timer = setTimeout(this.tick, Math.min(Math.max(dueMs - this.clock.nowMs(), 1), LONGEST_NAP_MS));
  };

  stop(): void {
    clearTimeout(this.timer);
    this.isMoving = true;
  }

  private readonly tick = (): void => {
    if (this.isMoving) return;
    this.playUntil(this.clock.nowMs());
    this.wake();
  };

  private async move(target: ClockTarget): Promise<void> {
    this.isMoving = true;
    try {
      for (
        let dueMs = this.queue.nextDueMs();
        dueMs !== undefined && dueMs <= target.nowMs;
        dueMs = this.queue.nextDueMs()
      ) {
        const strideEnd = Math.max(this.clock.nowMs(), Math.min(target.nowMs, dueMs + STRIDE_MS));
        if (target.frozen) this.clock.freeze(strideEnd, target.driven);
        else this.clock.run(strideEnd, Date.now(), target.driven);
        this.playUntil(Math.min(strideEnd, target.nowMs));
        await nextTurn();
      }
      if (target.frozen) this.clock.freeze(target.nowMs, target.driven);
      else this.clock.run(target.nowMs, target.wallMs, target.driven);
    } finally {
      this.isMoving = false;
      this.wake();
    }
  }

  private playUntil(untilMs: number): void {
    for (let event = this.queue.takeDue(untilMs); event !== undefined; event = this.queue.takeDue(untilMs)) {
      this.play(event);
    }
  }
}
