import { HOUR_MS } from '../../../domain/shared/duration';
import type { InboxRow } from '../inbox-row';
import type { Settlement } from '../settlement';

/** How long an event may wait for what it speaks of, business time. Source: protocol §7.4. */
const UNMATCHED_AFTER_MS = HOUR_MS;
/** An unmatched event is looked at again after its own age, within these bounds, wall clock. */
const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60_000;

/** What speaks of somebody or something we may still come to know is tried again for an hour, then given up and counted. */
export const unmatched = (row: InboxRow, nowMs: number): Settlement =>
  nowMs - row.arrivedAtMs > UNMATCHED_AFTER_MS ? { row, state: 'unmatched' } : lookedAtAgain(row);

/** Sooner while it is young, later and later as it ages. */
export const lookedAtAgain = (row: InboxRow): Settlement => ({
  row,
  state: 'later',
  retryInMs: Math.round(Math.min(Math.max(row.ageMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS)),
});
