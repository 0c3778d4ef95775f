const QUARTER_HOUR_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, string>();

/** The local day (YYYY-MM-DD) of a moment in a zone. No zone changes its offset inside a quarter of an hour. */
export function localDay(timeZone: string, ms: number): string {
  const quarter = `${timeZone}|${Math.floor(ms / QUARTER_HOUR_MS)}`;
  const known = days.get(quarter);
  if (known !== undefined) return known;
  if (days.size > 10_000) days.clear();
  const day = formatOf(timeZone).format(ms);
  days.set(quarter, day);
  return day;
}

/** The days of the calendar week, Sunday to Saturday, a day lies in. */
export function weekOf(day: string): string[] {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const sunday = noon - new Date(noon).getUTCDay() * DAY_MS;
  return Array.from({ length: 7 }, (_, index) => new Date(sunday + index * DAY_MS).toISOString().slice(0, 10));
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(timeZone, format);
  return format;
}
