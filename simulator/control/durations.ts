import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/periods';

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [7 * DAY_MS, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS];

/** An ISO 8601 duration without years and months in milliseconds; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text);
  if (!parts || !/\d/.test(text)) return undefined;
  return Math.round(UNITS_MS.reduce((sum, unitMs, index) => sum + unitMs * Number(parts[index + 1] ?? 0), 0));
}
