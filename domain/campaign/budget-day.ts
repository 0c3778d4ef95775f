import { localDay, nextLocalMidnightMs } from '../shared/local-time';

/**
 * The day of the ad account that a send belongs to.
 *
 * @param atMs - the moment of its begin, milliseconds since the Unix epoch
 * @param timeZone - IANA name of the ad account's zone
 * @returns `YYYY-MM-DD`
 */
export function budgetDay(atMs: number, timeZone: string): string {
  return localDay(atMs, timeZone);
}

/**
 * When the next day's budget begins: the zone's next midnight, 23 to 25 hours after the last.
 *
 * @param atMs - milliseconds since the Unix epoch
 * @param timeZone - IANA name of the ad account's zone
 * @returns milliseconds since the Unix epoch
 */
export function nextBudgetDayAtMs(atMs: number, timeZone: string): number {
  return nextLocalMidnightMs(atMs, timeZone);
}
