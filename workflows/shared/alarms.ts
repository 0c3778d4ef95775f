import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { BusinessClock } from './business-clock';

/** An alarm whose moment has come by our time and not yet by the record's waits this long before it looks again. */
const SHORTEST_REST_MS = 1_000;

/** A timer that would ring up to this much after its moment is left as it is. */
const TOLERANCE_MS = 1_000;

interface Alarm {
  /** Business time. */
  readonly atMs: number;
  readonly summary: string;
  /** The workflow's own time at which its timer ends. */
  readonly ringsAtMs: number;
  readonly scope: CancellationScope;
}

/**
 * Durable timers in business time, each under a key and with a summary for the Temporal UI.
 *
 * A ring says "look", not "it is time": with a clock that stands still or lags it may come early, and whoever still
 * waits arms the alarm again for the rest.
 */
export class Alarms {
  private readonly armed = new Map<string, Alarm>();

  /** @param onRing - records that there is something to look at */
  constructor(
    private readonly clock: BusinessClock,
    private readonly onRing: (key: string) => void,
  ) {}

  /**
   * Sets an alarm. One that stands for the same moment stays, unless the clock has moved and it would ring late.
   *
   * @param atMs - business time, milliseconds since the Unix epoch (UTC)
   * @param summary - shown in the Temporal UI: ids, times and titles only
   */
  arm(key: string, atMs: number, summary: string): void {
    const restMs = Math.max(atMs - this.clock.nowMs(), SHORTEST_REST_MS);
    const ringsAtMs = Date.now() + restMs;
    const present = this.armed.get(key);
    if (present?.atMs === atMs && present.summary === summary && present.ringsAtMs <= ringsAtMs + TOLERANCE_MS) return;
    this.disarm(key);
    const alarm: Alarm = { atMs, summary, ringsAtMs, scope: new CancellationScope() };
    this.armed.set(key, alarm);
    alarm.scope
      .run(() => sleep(restMs, { summary }))
      .then(() => {
        this.ring(key, alarm);
      }, passCancellation);
  }

  /** Takes an alarm back, if there is one. */
  disarm(key: string): void {
    const alarm = this.armed.get(key);
    this.armed.delete(key);
    alarm?.scope.cancel();
  }

  /** Takes back every alarm of a group but those named. @param prefix - what the keys of the group begin with */
  disarmOthers(prefix: string, keep: readonly string[]): void {
    for (const key of [...this.armed.keys()]) if (key.startsWith(prefix) && !keep.includes(key)) this.disarm(key);
  }

  /** @returns the earliest moment an alarm stands for, milliseconds (UTC); null when none is armed */
  nextAtMs(): number | null {
    const moments = [...this.armed.values()].map(({ atMs }) => atMs);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  private ring(key: string, alarm: Alarm): void {
    if (this.armed.get(key) !== alarm) return;
    this.armed.delete(key);
    this.onRing(key);
  }
}

/** Disarming cancels the timer, and so does a cancelled workflow, whose main function hears of it by itself. */
function passCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
