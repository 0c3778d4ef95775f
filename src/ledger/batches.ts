import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { LedgerScope } from './send-row';

/** What a batch is made of. */
export type BatchKind = 'audience' | 'chosen' | 'single';

/** One batch under the fence of this attempt. */
export interface BatchHandle {
  readonly id: string;
  readonly kind: BatchKind;
  readonly fence: number;
}

/**
 * Finds the campaign's open batch and raises its fence: whoever held an older one begins nothing any more.
 *
 * @returns null when no batch of the campaign's workflow is open
 */
export async function resumeOpenBatch(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
): Promise<BatchHandle | null> {
  const [batch] = await rows<BatchHandle>(
    manager,
    `UPDATE batches SET fence = fence + 1
      WHERE workspace_id = $1 AND campaign_id = $2 AND state = 'open' AND kind <> 'single'
      RETURNING id, kind, fence`,
    [workspaceId, campaignId],
  );
  return batch ?? null;
}

/**
 * Raises the fence of batches of which something is in flight though the attempt that began it is over: the sweeper takes
 * it early, and nobody who still holds such a batch begins more of it.
 */
export async function fenceOffLeft(manager: EntityManager, { workspaceId, campaignId }: LedgerScope): Promise<void> {
  await rows(
    manager,
    `UPDATE batches SET fence = fence + 1
      WHERE workspace_id = $1 AND id IN (
        SELECT id FROM batches
         WHERE workspace_id = $1 AND campaign_id = $2 AND kind <> 'single' AND state = 'closed' AND id IN (
           SELECT batch_id FROM sends WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'open'
              AND state = 'sending')
         ORDER BY id FOR NO KEY UPDATE)`,
    [workspaceId, campaignId],
  );
}

/** Raises the fence of the batch of a single message. @returns null when it is closed, or a batch of the campaign's */
export async function resumeSingle(
  manager: EntityManager,
  workspaceId: string,
  batchId: string,
): Promise<BatchHandle | null> {
  const [batch] = await rows<BatchHandle>(
    manager,
    `UPDATE batches SET fence = fence + 1 WHERE workspace_id = $1 AND id = $2 AND state = 'open' AND kind = 'single'
      RETURNING id, kind, fence`,
    [workspaceId, batchId],
  );
  return batch ?? null;
}

/** Bounds of an audience batch: after `fromId`, up to and with `toId`. */
export interface BatchBounds {
  readonly fromId: string | null;
  readonly toId: string | null;
  readonly pass: number;
}

const NO_BOUNDS: BatchBounds = { fromId: null, toId: null, pass: 0 };

/**
 * Writes a batch with its first fence. One of a campaign's workflow can be open at a time (`batches_one_open`): whoever
 * comes second fails with a unique violation and goes on with the first one's.
 *
 * @param state - `closed` where nobody of it is to be sent: it only moves the cursor
 */
export async function writeBatch(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  kind: BatchKind,
  state: 'open' | 'closed',
  bounds: BatchBounds = NO_BOUNDS,
): Promise<BatchHandle> {
  const id = uuidV7();
  await rows(
    manager,
    `INSERT INTO batches (id, workspace_id, campaign_id, kind, pass, from_id, to_id, fence, state, closed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, CASE WHEN $8 = 'closed' THEN now() END)`,
    [id, workspaceId, campaignId, kind, bounds.pass, bounds.fromId, bounds.toId, state],
  );
  return { id, kind, fence: 1 };
}

/** Locks a batch whose fence is still this attempt's. @returns false when somebody fenced it off or closed it */
export async function lockBatch(manager: EntityManager, workspaceId: string, batch: BatchHandle): Promise<boolean> {
  const held = await rows(
    manager,
    `SELECT id FROM batches WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state = 'open' FOR NO KEY UPDATE`,
    [workspaceId, batch.id, batch.fence],
  );
  return held.length === 1;
}

/** Shares a batch that may begin more under this attempt's fence. @returns false when it may not */
export async function shareBatch(manager: EntityManager, workspaceId: string, batch: BatchHandle): Promise<boolean> {
  const shared = await rows(
    manager,
    `SELECT id FROM batches WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND state = 'open' AND NOT halted FOR SHARE`,
    [workspaceId, batch.id, batch.fence],
  );
  return shared.length === 1;
}

/** Keeps a batch from beginning another slice, whoever goes on with it; taken before people and sends are locked. */
export async function haltBatch(manager: EntityManager, workspaceId: string, batch: BatchHandle): Promise<void> {
  await rows(manager, 'UPDATE batches SET halted = true WHERE workspace_id = $1 AND id = $2', [workspaceId, batch.id]);
}

/**
 * Closes a batch of which nothing is claimed any more; what an earlier attempt left `sending` is the sweeper's.
 *
 * @returns whether it is closed now
 */
export async function closeBatch(manager: EntityManager, workspaceId: string, batch: BatchHandle): Promise<boolean> {
  const closed = await rows(
    manager,
    `UPDATE batches b SET state = 'closed', closed_at = now()
      WHERE b.workspace_id = $1 AND b.id = $2 AND b.fence = $3 AND b.state = 'open'
        AND NOT EXISTS (SELECT FROM sends s WHERE s.workspace_id = $1 AND s.campaign_id = b.campaign_id
                         AND s.batch_id = b.id AND s.pending = 'open' AND s.state = 'claimed')
      RETURNING b.id`,
    [workspaceId, batch.id, batch.fence],
  );
  return closed.length === 1;
}
