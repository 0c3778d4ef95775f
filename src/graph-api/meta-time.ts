import { asNumber } from './tolerant-json';

/** From here on a number is milliseconds, below it seconds (meta-api §12.3). */
const FIRST_MILLISECOND_VALUE = 1e12;

/** The end of year 9999, milliseconds: what lies beyond is no time. */
const LAST_MOMENT_MS = 253_402_300_799_999;

/** Meta's seconds or milliseconds since the epoch, as number or text, in milliseconds. */
export function epochMs(value: unknown): number | undefined {
  const number = asNumber(value);
  if (number === undefined || number < 1) return undefined;
  const ms = Math.round(number >= FIRST_MILLISECOND_VALUE ? number : number * 1000);
  return ms <= LAST_MOMENT_MS ? ms : undefined;
}

/** Meta's date-time text (`2026-11-25T08:00:00+0700`) or epoch number in milliseconds. */
export function dateTimeMs(value: unknown): number | undefined {
  if (typeof value !== 'string' || /^\d+$/.test(value)) return epochMs(value);
  const ms = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}
