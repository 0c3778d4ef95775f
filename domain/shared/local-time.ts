import { HOUR_MS, MINUTE_MS } from './duration';

/** Every zone's midnight falls on a quarter of an hour of UTC. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Longer than any local day, the 25-hour ones included. */
const BEYOND_TODAY = (36 * HOUR_MS) / QUARTER_MS;

/** Building a formatter costs a thousand times its use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** A local day and moments between which it is known to last. */
interface KnownDay {
  readonly day: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** When the next day begins, once somebody asked. */
  readonly endsMs?: number;
}

/** The day that was asked for last, by zone: a campaign asks for the same one with every message. */
const lastDays = new Map<string, KnownDay>();

/**
 * The local day of a moment.
 *
 * @param atMs - milliseconds since the Unix epoch
 * @param timeZone - IANA name
 * @returns for example `2026-11-22`
 */
export function localDay(atMs: number, timeZone: string): string {
  return dayAround(atMs, timeZone).day;
}

/**
 * The first moment of the next local day; where clocks skip midnight, the day begins later.
 *
 * @param atMs - milliseconds since the Unix epoch
 * @param timeZone - IANA name
 * @returns milliseconds since the Unix epoch, always after `atMs`
 */
export function nextLocalMidnightMs(atMs: number, timeZone: string): number {
  const today = dayAround(atMs, timeZone);
  if (today.endsMs !== undefined) return today.endsMs;
  const endsMs = findEndMs(atMs, today.day, timeZone);
  lastDays.set(timeZone, { ...today, toMs: endsMs - 1, endsMs });
  return endsMs;
}

/** Asks the formatter only for moments that the zone's last day is not known to hold. */
function dayAround(atMs: number, timeZone: string): KnownDay {
  const last = lastDays.get(timeZone);
  if (last !== undefined && atMs >= last.fromMs && atMs <= last.toMs) return last;
  const day = formatDay(atMs, timeZone);
  const known =
    last?.day === day
      ? { ...last, fromMs: Math.min(atMs, last.fromMs), toMs: Math.max(atMs, last.toMs) }
      : { day, fromMs: atMs, toMs: atMs };
  lastDays.set(timeZone, known);
  return known;
}

function findEndMs(atMs: number, today: string, timeZone: string): number {
  let stillToday = Math.floor(atMs / QUARTER_MS);
  let nextDay = stillToday + BEYOND_TODAY;
  while (nextDay - stillToday > 1) {
    const between = Math.floor((stillToday + nextDay) / 2);
    if (formatDay(between * QUARTER_MS, timeZone) === today) stillToday = between;
    else nextDay = between;
  }
  return nextDay * QUARTER_MS;
}

function formatDay(atMs: number, timeZone: string): string {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.get('year') ?? ''}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`;
}

/**
 * Whether a name is a time zone that local days can be computed in.
 *
 * @param timeZone - an IANA name to try
 */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatterOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
