/**
 * What a decision looked at: plain JSON, times as ISO 8601 strings, money in minor units, never personal data.
 */
export type DecisionFacts = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The later of several moments that may be unknown.
 *
 * @param moments - milliseconds since the Unix epoch, null where there is none
 * @returns the latest, or null when none is known
 */
export function latestMs(...moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/**
 * The earlier of several moments that may be unknown.
 *
 * @param moments - milliseconds since the Unix epoch, null where there is none
 * @returns the earliest, or null when none is known
 */
export function earliestMs(...moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.min(...known);
}
