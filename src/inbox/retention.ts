import type { DataSource } from 'typeorm';
import { rows } from '../persistence/database';
import type { LoopLogger } from '../worker-loops/loop';
import { countInbox } from './dead-events';

/** Days whose inbox partitions are made ahead. */
const DAYS_AHEAD = 3;
/** Applied events are kept this many days, without their bodies. */
const KEEP_DAYS = 7;
/** Bodies of events that nobody applies, and of opt-ins that changed nothing after all, go after this. */
const KEEP_BODIES = '1 day';
/** Meta repeats an event for 36 hours (meta-api §12.1). */
const KEEP_EVENT_KEYS = '48 hours';
/** Contract §2: an answer is replayed for 24 hours. */
const KEEP_ANSWERS = '24 hours';
const BETWEEN_ROUNDS_MS = 60 * 60_000;

/**
 * What is kept by wall clock and no longer than said: each statement alone, so that a long one holds up no other. The
 * bodies of dead events stay, and those of opt-ins whose token is not stored yet. What nobody could apply is said.
 *
 * @returns when to look again, milliseconds
 */
export async function retain({ manager }: DataSource, logger: LoopLogger): Promise<number> {
  await rows(manager, 'SELECT prepare_inbox_days($1)', [DAYS_AHEAD]);
  await rows(manager, 'SELECT drop_inbox_days($1)', [KEEP_DAYS]);
  await rows(
    manager,
    `DELETE FROM inbox i USING workspaces w
      WHERE i.workspace_id = w.id AND i.day < CURRENT_DATE - $1::integer AND i.done_at IS NOT NULL
        AND i.state <> 'applied'`,
    [KEEP_DAYS],
  );
  await rows(
    manager,
    `UPDATE inbox i SET body_sealed = NULL FROM workspaces w
      WHERE i.workspace_id = w.id AND i.day >= CURRENT_DATE - $2::integer AND i.done_at < now() - $1::interval
        AND i.state <> 'applied' AND i.body_sealed IS NOT NULL`,
    [KEEP_BODIES, KEEP_DAYS],
  );
  await rows(manager, 'DELETE FROM event_keys WHERE written_at < now() - $1::interval', [KEEP_EVENT_KEYS]);
  await rows(
    manager,
    `DELETE FROM idempotency_keys k USING workspaces w
      WHERE k.workspace_id = w.id AND k.created_at < now() - $1::interval`,
    [KEEP_ANSWERS],
  );
  const counts = await countInbox(manager);
  if (counts.dead + counts.unmatched > 0)
    logger.warn({ ...counts }, 'The inbox holds events that could not be applied');
  return BETWEEN_ROUNDS_MS;
}
