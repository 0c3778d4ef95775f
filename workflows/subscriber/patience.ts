import type { SingleSendResult } from '../../activities/sending.ports';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10 * 60_000;

interface Tried {
  readonly times: number;
  readonly notBeforeMs: number;
}

/** Remembers which messages stayed where they were when they were tried: a blocked Page is not asked in a circle. */
export class Patience {
  private readonly tried = new Map<string, Tried>();

  /** @returns the moment before which the message is not tried again, milliseconds (UTC) */
  notBeforeMs(sendId: string): number {
    return this.tried.get(sendId)?.notBeforeMs ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes note of a try; waits double up to ten minutes where the ledger names no moment. */
  note(sendId: string, result: SingleSendResult, nowMs: number): void {
    const times = (this.tried.get(sendId)?.times ?? 0) + 1;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (times - 1), LONGEST_WAIT_MS);
    this.tried.set(sendId, { times, notBeforeMs: Math.max(result.dueAtMs ?? 0, nowMs + waitMs) });
  }

  /** Forgets messages that no longer wait. */
  forgetOthers(sendIds: readonly string[]): void {
    for (const sendId of [...this.tried.keys()]) if (!sendIds.includes(sendId)) this.tried.delete(sendId);
  }
}
