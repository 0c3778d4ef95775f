/** The most recipients one batch claims. */
export const BATCH_LIMIT = 500;

/** A batch holds no more than the rate sends in this time: nobody's claim grows old. */
const BATCH_SECONDS = 60;

/**
 * How many messages the money pays for.
 *
 * @param remainingMinor - what is left of the budget, minor units
 * @param unitCostMinor - the price of a message, minor units
 * @returns a whole number; every number where messages cost nothing
 */
export function payableMessages(remainingMinor: number, unitCostMinor: number): number {
  if (unitCostMinor <= 0) return Number.MAX_SAFE_INTEGER;
  return Math.max(0, Math.floor(remainingMinor / unitCostMinor));
}

/**
 * How many recipients the next batch takes at most.
 *
 * @param ratePerSecond - what the Page may send at present
 * @returns between 1 and 500
 */
export function batchSize(ratePerSecond: number): number {
  return Math.max(1, Math.min(BATCH_LIMIT, Math.floor(ratePerSecond * BATCH_SECONDS)));
}

/**
 * Whether another batch of people may be claimed beside those who are claimed and not begun.
 *
 * @param ratePerSecond - what the Page may send at present
 * @param left - how many are
 */
export const mayAddBatch = (ratePerSecond: number, left: number): boolean =>
  left + batchSize(ratePerSecond) <= ratePerSecond * BATCH_SECONDS;

/**
 * How many people of an audience the next batch takes: an audience stops before those whom the budget cannot pay.
 *
 * @param ratePerSecond - what the Page may send at present
 * @param remainingMinor - what is left of the budget, minor units
 * @param unitCostMinor - the price of a message, minor units
 * @returns between 0 and 500
 */
export function audienceBatchSize(ratePerSecond: number, remainingMinor: number, unitCostMinor: number): number {
  return Math.min(batchSize(ratePerSecond), payableMessages(remainingMinor, unitCostMinor));
}
