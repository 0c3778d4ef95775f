import { Problem } from '../errors/problem';
import { decodeCursor } from '../http/paging';
import type { InsightCounts } from '../ledger/insights';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The days behind a cursor.
 *
 * @throws Problem 400 when the cursor holds no day
 */
export function daysAfter(
  days: ReadonlyMap<string, InsightCounts>,
  cursor: string | undefined,
): readonly (readonly [string, InsightCounts])[] {
  const [after = ''] = decodeCursor(cursor) ?? [];
  if (after !== '' && !DAY.test(after)) {
    throw new Problem('QUERY.UNREADABLE', { errors: [{ field: 'cursor', reason: 'is no cursor of this list' }] });
  }
  return [...days].filter(([day]) => day > after);
}
