import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { ANYTHING_DUE } from './due-moments';

/** What keeps a moment from being over, by name; each is a counter that must be nought (protocol §8). */
const OPEN = {
  inbox: `EXISTS (SELECT FROM inbox
                   WHERE done_at IS NULL AND state = 'pending' AND (try_at IS NULL OR try_at <= now()))`,
  outbox: `EXISTS (SELECT FROM outbox
                    WHERE lane IN ('temporal', 'outcome', 'graph', 'sandbox') AND dead_at IS NULL AND try_at <= now())`,
  owed: 'EXISTS (SELECT FROM waits WHERE wake_seq > acted_seq)',
  due: `(${ANYTHING_DUE})`,
  sending: `EXISTS (SELECT FROM sends WHERE pending = 'open')`,
  batches: `EXISTS (SELECT FROM batches WHERE state = 'open')`,
} as const;

const STILL_OPEN = `SELECT array_remove(ARRAY[${Object.entries(OPEN)
  .map(([name, isOpen]) => `CASE WHEN ${isOpen} THEN '${name}' END`)
  .join(', ')}], NULL) AS open`;

/**
 * What of ours is still under way at a moment of business time, in one statement.
 *
 * @returns names; none when everything that was due is done
 */
export async function stillOpen(manager: EntityManager, atMs: number): Promise<string[]> {
  const [found] = await rows<{ open: string[] }>(manager, STILL_OPEN, [new Date(atMs)]);
  return found?.open ?? [];
}
