import { types } from 'pg';

/** Of infinity the driver makes a number. */
const parseAnything = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => Date;

const ZERO = 48;
const DIGITS_AFTER_THE_POINT = 20;

/** `2026-11-23 12:34:56+00`; a fraction of up to six digits stands before the zone. */
const SHORTEST = 22;
const LONGEST = 29;

/** Before this year `Date.UTC` means the twentieth century. */
const FIRST_YEAR = 100;

/**
 * Reads a `timestamptz` as Postgres writes it to a session in UTC. A slice of sends brings hundreds, and by the driver's
 * regular expression each costs four times as much. Whatever looks otherwise is left to the driver: another zone, a year
 * before 100 or behind 9999, infinity.
 */
export function parseTimestamp(text: string): Date {
  if (!isUsual(text)) return parseAnything(text);
  const fraction = text.length - SHORTEST - 1;
  const ms =
    (fraction > 0 ? digit(text, DIGITS_AFTER_THE_POINT) * 100 : 0) +
    (fraction > 1 ? digit(text, DIGITS_AFTER_THE_POINT + 1) * 10 : 0) +
    (fraction > 2 ? digit(text, DIGITS_AFTER_THE_POINT + 2) : 0);
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  if (year < FIRST_YEAR) return parseAnything(text);
  return new Date(
    Date.UTC(
      year,
      twoDigits(text, 5) - 1,
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      twoDigits(text, 17),
      ms,
    ),
  );
}

const isUsual = (text: string): boolean =>
  text.length >= SHORTEST && text.length <= LONGEST && text[4] === '-' && text[10] === ' ' && text.endsWith('+00');

const digit = (text: string, at: number): number => text.charCodeAt(at) - ZERO;

const twoDigits = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);
