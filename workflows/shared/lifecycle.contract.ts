import { defineSignal } from '@temporalio/workflow';

/** Asks a workflow to look at its record again. */
export const refreshSignal = defineSignal('refresh');

/** The sandbox clock stands at another moment. */
export interface ClockMoved {
  /** Business time, milliseconds since the Unix epoch (UTC). */
  readonly nowMs: number;
}
export const clockMovedSignal = defineSignal<[ClockMoved]>('clockMoved');
