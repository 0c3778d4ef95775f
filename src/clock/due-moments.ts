import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/**
 * Everything that is due by itself at a moment of business time: relation, condition and column. A message held for its
 * slot is its campaign's affair only while the campaign may send; one without a known outcome ends by its waiting time.
 */
const DUE = [
  { from: 'waits w', where: 'true', at: 'w.next_due_at' },
  {
    from: 'sends s JOIN campaigns c ON c.id = s.campaign_id AND c.workspace_id = s.workspace_id',
    where: `s.pending = 'held' AND c.state = 'active'`,
    at: 'GREATEST(s.due_at, CASE WHEN s.due_at IS NOT NULL THEN c.claims_from END)',
  },
  { from: 'sends s', where: `s.pending = 'unknown'`, at: 's.due_at' },
  { from: 'opt_in_requests r', where: `r.state = 'waiting'`, at: 'r.due_at' },
  {
    from: 'automation_runs a',
    where: `a.state IN ('running', 'waiting')`,
    at: 'a.due_at',
  },
] as const;

const NEXT = `SELECT ceil(extract(epoch FROM LEAST(${DUE.map(
  ({ from, where, at }) => `(SELECT min(${at}) FROM ${from} WHERE ${where} AND ${at} > $1)`,
).join(', ')})) * 1000)::bigint AS at`;

/** SQL: whether anything is due at or before `$1`. */
export const ANYTHING_DUE = DUE.map(
  ({ from, where, at }) => `EXISTS (SELECT FROM ${from} WHERE ${where} AND ${at} <= $1)`,
).join(' OR ');

/**
 * The next moment at which something is due.
 *
 * @param afterMs - business time, milliseconds (UTC)
 * @returns null when nothing is
 */
export async function nextDueMs(manager: EntityManager, afterMs: number): Promise<number | null> {
  const [next] = await rows<{ at: number | null }>(manager, NEXT, [new Date(afterMs)]);
  return next?.at ?? null;
}
