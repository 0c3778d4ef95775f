import type { EntityManager } from 'typeorm';
import type { Acted, SubscriberIds, SubscriberPlan } from '../../../activities/subscriber.ports';
import { isoOrNull, msOrNull } from '../../ledger/moments';
import { rows } from '../../persistence/database';

/** Reads what the workflow owes; before everything else, so that the rest is at least as new (protocol §6). */
export async function readWait(
  manager: EntityManager,
  ids: SubscriberIds,
): Promise<Pick<SubscriberPlan, 'wakeSeq' | 'actedSeq' | 'markedDueAtMs'>> {
  const [wait] = await rows<{ wake_seq: number; acted_seq: number; next_due_at: Date | null }>(
    manager,
    'SELECT wake_seq, acted_seq, next_due_at FROM waits WHERE workspace_id = $1 AND owner_id = $2',
    [ids.workspaceId, ids.subscriberId],
  );
  if (wait === undefined) return { wakeSeq: 0, actedSeq: 0, markedDueAtMs: null };
  return { wakeSeq: wait.wake_seq, actedSeq: wait.acted_seq, markedDueAtMs: msOrNull(wait.next_due_at) };
}

/** Writes what was done and what is due next; what was owed meanwhile stays owed. */
export async function writeActed(manager: EntityManager, ids: SubscriberIds, acted: Acted): Promise<void> {
  await rows(
    manager,
    `INSERT INTO waits (owner_id, workspace_id, page_id, kind, acted_seq, next_due_at)
     VALUES ($2, $1, $3, 'subscriber', $4, $5)
     ON CONFLICT (owner_id) DO UPDATE
       SET acted_seq = GREATEST(waits.acted_seq, EXCLUDED.acted_seq), next_due_at = EXCLUDED.next_due_at
     WHERE waits.workspace_id = $1`,
    [ids.workspaceId, ids.subscriberId, ids.pageId, acted.actedSeq, isoOrNull(acted.nextDueAtMs)],
  );
}

/** A person who is gone is owed nothing. */
export async function forgetWait(manager: EntityManager, ids: SubscriberIds): Promise<void> {
  await rows(manager, 'DELETE FROM waits WHERE workspace_id = $1 AND owner_id = $2', [
    ids.workspaceId,
    ids.subscriberId,
  ]);
}

/**
 * @returns whether nothing is owed and nothing is due, under the row's lock until the transaction ends; a workflow that
 *   was started by hand has no row yet, and owes nothing
 */
export async function isNothingOwed(manager: EntityManager, ids: SubscriberIds): Promise<boolean> {
  const quiet = await rows(
    manager,
    `INSERT INTO waits (owner_id, workspace_id, page_id, kind) VALUES ($2, $1, $3, 'subscriber')
     ON CONFLICT (owner_id) DO UPDATE SET acted_seq = waits.wake_seq
       WHERE waits.workspace_id = $1 AND waits.acted_seq = waits.wake_seq AND waits.next_due_at IS NULL
     RETURNING owner_id`,
    [ids.workspaceId, ids.subscriberId, ids.pageId],
  );
  return quiet.length === 1;
}
