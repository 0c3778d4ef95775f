/** One second in milliseconds. */
export const SECOND_MS = 1_000;
/** One minute in milliseconds. */
export const MINUTE_MS = 60 * SECOND_MS;
/** One hour in milliseconds. */
export const HOUR_MS = 60 * MINUTE_MS;
/** Twenty-four hours in milliseconds; a local day may be shorter or longer. */
export const DAY_MS = 24 * HOUR_MS;

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNITS_MS = [7 * DAY_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS];

/**
 * Reads an ISO 8601 duration of fixed length: weeks, days, hours, minutes and seconds, no months or years.
 *
 * @param text - for example `PT12H` or `P7D`
 * @returns milliseconds, or null when the text is no such duration
 */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) return null;
  const amounts = match.slice(1) as (string | undefined)[];
  return UNITS_MS.reduce((sumMs, unitMs, index) => sumMs + unitMs * Number(amounts[index] ?? 0), 0);
}

/**
 * The length of an ISO 8601 duration that stands in the rules.
 *
 * @param text - for example `PT12H`
 * @returns milliseconds
 * @throws RangeError when the text is no duration: the rule itself is broken
 */
export function durationMs(text: string): number {
  const lengthMs = parseDuration(text);
  if (lengthMs === null) throw new RangeError(`not an ISO 8601 duration: ${text}`);
  return lengthMs;
}

/**
 * Says a length of time in words, in days from two days on, else in its largest whole unit.
 *
 * @param lengthMs - milliseconds
 * @returns for example `7 days`, `24 hours`, `1 minute`
 */
export function durationInWords(lengthMs: number): string {
  if (lengthMs >= 2 * DAY_MS && lengthMs % DAY_MS === 0) return counted(lengthMs / DAY_MS, 'day');
  if (lengthMs >= HOUR_MS && lengthMs % HOUR_MS === 0) return counted(lengthMs / HOUR_MS, 'hour');
  if (lengthMs >= MINUTE_MS) return counted(Math.ceil(lengthMs / MINUTE_MS), 'minute');
  return counted(Math.ceil(lengthMs / SECOND_MS), 'second');
}

function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
