/**
 * How long to wait before the next attempt: doubles each time.
 *
 * @param tries - attempts before the one that has failed now
 * @param longestMs - no wait is longer, milliseconds
 * @param firstMs - the wait after the first, milliseconds
 */
export const backOffMs = (tries: number, longestMs: number, firstMs = 1_000): number =>
  Math.min(firstMs * 2 ** tries, longestMs);
