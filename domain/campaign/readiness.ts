import { probeAgainMs, readinessWaits } from '../rules/campaign-rules';

/** When a campaign was made and switched on at Meta; milliseconds since the Unix epoch. */
export interface ReadinessFacts {
  readonly createdAtMs: number;
  readonly activatedAtMs: number;
  readonly startAtMs: number;
}

/** Meta's last "not ready". */
export interface NotReady {
  /** Meta's code; null when the campaign's status said it. */
  readonly code: number | null;
  readonly atMs: number;
}

/**
 * The earliest moment at which a campaign is tried: 60 minutes after its creation, 10 after its activation, and not
 * before its start, whichever is last. Source: R-13.
 *
 * @param facts - the moments of the campaign
 * @returns milliseconds since the Unix epoch
 */
export function earliestProbeMs(facts: ReadinessFacts): number {
  const waits = readinessWaits(facts.createdAtMs);
  const afterCreation = facts.createdAtMs + waits.afterCreationMs;
  const afterActivation = facts.activatedAtMs + waits.afterActivationMs;
  return Math.max(afterCreation, afterActivation, facts.startAtMs);
}

/**
 * When a campaign is tried next.
 *
 * @param facts - the moments of the campaign
 * @param last - Meta's last "not ready", null before the first try
 * @returns milliseconds since the Unix epoch
 */
export function nextProbeMs(facts: ReadinessFacts, last: NotReady | null): number {
  const earliestMs = earliestProbeMs(facts);
  return last === null ? earliestMs : Math.max(earliestMs, last.atMs + probeAgainMs(last.code, last.atMs));
}

/**
 * The moment from which a campaign that is still not ready is told to the operator: 4 hours after it was switched on,
 * or after its start where that is later. Source: R-13.
 *
 * @param facts - the moments of the campaign
 * @returns milliseconds since the Unix epoch
 */
export function readinessAlarmMs(facts: ReadinessFacts): number {
  const { alarmAfterMs } = readinessWaits(facts.createdAtMs);
  return Math.max(facts.createdAtMs, facts.activatedAtMs, facts.startAtMs) + alarmAfterMs;
}

/**
 * When a scheduled campaign is created at Meta: a day before its start, so that it is populated by then. Source: R-13.
 *
 * @param startAtMs - the schedule's start, milliseconds since the Unix epoch
 * @returns milliseconds since the Unix epoch; a moment that has passed means at once
 */
export function createAtMetaMs(startAtMs: number): number {
  return startAtMs - readinessWaits(startAtMs).createBeforeStartMs;
}
