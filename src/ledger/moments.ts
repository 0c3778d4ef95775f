/** @returns milliseconds since the Unix epoch, or null for a moment that has not come */
export const msOrNull = (date: Date | null): number | null => (date === null ? null : date.getTime());

/** @returns ISO 8601 in UTC, or null */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
