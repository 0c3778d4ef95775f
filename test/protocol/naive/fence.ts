import type { EntityManager } from 'typeorm';
import { rows } from '../../../src/persistence/database';
import { readNowMs } from '../../../src/persistence/clock';

interface Batch {
  readonly id: string;
  readonly fence: number;
}

/** Breaks "FOR SHARE in its transaction": the fence is only read. */
export const readFence = async (manager: EntityManager, batch: Batch): Promise<boolean> =>
  (await rows(manager, 'SELECT id FROM batches WHERE id = $1 AND fence = $2', [batch.id, batch.fence])).length === 1;

/**
 * What a begin does once it believes in its fence. By itself it breaks "It reads consent, token, Page restriction, …": the
 * claim's word is taken for the begin's.
 */
export const beginClaimed = async (manager: EntityManager, batch: Batch): Promise<string[]> => {
  const begun = await rows<{ id: string }>(
    manager,
    `UPDATE sends SET state = 'sending', begun_fence = $2 WHERE batch_id = $1 AND state = 'claimed' RETURNING id`,
    [batch.id, batch.fence],
  );
  return begun.map(({ id }) => id);
};

/** Breaks "not Temporal's attempt number": a workflow that is started anew counts from one again. */
export const fenceByAttempt = async (manager: EntityManager, batchId: string, attempt: number): Promise<Batch> => {
  await rows(manager, 'UPDATE batches SET fence = $2 WHERE id = $1', [batchId, attempt]);
  return { id: batchId, fence: attempt };
};

/** Breaks "Begin takes the Page's lease first": the lease is read, and written when it is used. */
export const takeLeaseUnlocked = async (
  manager: EntityManager,
  pageId: string,
  between: () => Promise<void>,
): Promise<number> => {
  const [left] = await rows<{ granted: number }>(
    manager,
    `SELECT greatest(0, floor(extract(epoch FROM clock_timestamp() + interval '1 second' - granted_until)
              * rate_per_second))::integer AS granted
       FROM (SELECT rate_per_second, greatest(granted_until, clock_timestamp()) AS granted_until
               FROM page_rates WHERE page_id = $1) AS lease`,
    [pageId],
  );
  await between();
  const granted = Math.min(64, left?.granted ?? 0);
  await rows(
    manager,
    `UPDATE page_rates SET granted_until = greatest(granted_until, now()) + make_interval(secs => $2 / rate_per_second)
      WHERE page_id = $1`,
    [pageId, granted],
  );
  return granted;
};

/** Breaks "Settle is addressed by (send, begun_fence)": by the send alone. */
export const settleBySend = async (manager: EntityManager, sendId: string, to: string): Promise<boolean> =>
  (await rows(manager, `UPDATE sends SET state = $2 WHERE id = $1 AND state = 'sending' RETURNING id`, [sendId, to]))
    .length === 1;

/** Breaks "It never moves a row back": what was found without an answer is written without a second look. */
export const sweepAsFound = async (manager: EntityManager, sendId: string): Promise<void> => {
  const dueAt = new Date((await readNowMs(manager)) + 24 * 3_600_000);
  await rows(manager, `UPDATE sends SET state = 'unknown', due_at = $2 WHERE id = $1`, [sendId, dueAt]);
};

/** Breaks "Unknown is never sent again": whoever goes on takes it for not sent. */
export const requeueUnknown = (manager: EntityManager, batchId: string): Promise<unknown> =>
  rows(manager, `UPDATE sends SET state = 'claimed', due_at = NULL WHERE batch_id = $1 AND state = 'unknown'`, [
    batchId,
  ]);
