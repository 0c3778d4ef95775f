import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './duration';

const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;
/** Days from 1 March of year 0 to 1 January 1970: counting from March puts the leap day last. */
const EPOCH_FROM_MARCH_OF_YEAR_0 = 719_468;

/**
 * Writes a moment as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` would.
 *
 * @param atMs - milliseconds since the Unix epoch
 * @returns for example `2026-11-22T09:00:00.000Z`
 */
export function isoTime(atMs: number): string {
  const ofDayMs = atMs - Math.floor(atMs / DAY_MS) * DAY_MS;
  const hours = padded(Math.floor(ofDayMs / HOUR_MS), 2);
  const minutes = padded(Math.floor((ofDayMs % HOUR_MS) / MINUTE_MS), 2);
  const seconds = padded(Math.floor((ofDayMs % MINUTE_MS) / SECOND_MS), 2);
  return `${isoDate(atMs)}T${hours}:${minutes}:${seconds}.${padded(ofDayMs % SECOND_MS, 3)}Z`;
}

/**
 * Writes a moment that may be absent as ISO 8601.
 *
 * @param atMs - milliseconds since the Unix epoch, or null
 * @returns the text, or null
 */
export function isoTimeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}

/**
 * The UTC day of a moment.
 *
 * @param atMs - milliseconds since the Unix epoch
 * @returns for example `2026-11-22`
 */
export function isoDate(atMs: number): string {
  const days = Math.floor(atMs / DAY_MS) + EPOCH_FROM_MARCH_OF_YEAR_0;
  const era = Math.floor(days / DAYS_PER_ERA);
  const dayOfEra = days - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * YEARS_PER_ERA + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/**
 * The first moment of a UTC day.
 *
 * @param date - `YYYY-MM-DD`
 * @returns milliseconds since the Unix epoch
 */
export function utcMidnightMs(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(yearFromMarch / YEARS_PER_ERA);
  const yearOfEra = yearFromMarch - era * YEARS_PER_ERA;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * DAYS_PER_ERA + dayOfEra - EPOCH_FROM_MARCH_OF_YEAR_0) * DAY_MS;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
