import type { DataSource, EntityManager } from 'typeorm';
import { readNowMs } from '../persistence/clock';
import { inTransaction, rows } from '../persistence/database';
import type { ImportCounts, ImportRef } from './import-ref';

/** A runner that has not renewed its import for this long, wall clock, is gone, and another begins it again. */
export const LEASE_SECONDS = 30;
/** An import that failed on the way is tried again after this long, wall clock. */
const AGAIN_AFTER_SECONDS = 5;
/** One that could not be finished within this time of its first attempt has failed, wall clock. */
const GIVE_UP_AFTER_MINUTES = 15;

/** An import that this runner holds. */
export interface TakenImport extends ImportRef {
  readonly metaPageId: string;
  readonly tokenSealed: Buffer;
  /** Changes with every renewal; whoever holds another one has lost the import. */
  lease: string;
}

/** Somebody else has taken the import over. */
export class LostImportError extends Error {
  override readonly name = 'LostImportError';
}

interface StoredImport {
  id: string;
  workspace_id: string;
  page_id: string;
  meta_page_id: string;
  token_sealed: Buffer;
  lease: string;
}

const TAKE = `
UPDATE page_syncs s
   SET renewed_at = clock_timestamp(), requested_at = $2, seen = 0,
       created_at = CASE WHEN s.error IS NULL THEN now() ELSE s.created_at END
  FROM pages p
 WHERE p.id = s.page_id AND p.workspace_id = s.workspace_id AND s.id = (
   SELECT id FROM page_syncs
    WHERE state = 'running' AND (renewed_at IS NULL OR renewed_at < clock_timestamp() - make_interval(secs => $1))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING s.id, s.workspace_id, s.page_id, p.meta_page_id, p.token_sealed, s.renewed_at::text AS lease`;

/**
 * Takes the oldest import that nobody runs; it begins from the start, so its event time is the moment before now. What an
 * earlier runner added, changed or ended stays counted: for this one it is no news.
 */
export function takeImport(dataSource: DataSource): Promise<TakenImport | null> {
  return inTransaction(dataSource, async (manager) => {
    const requestedAtMs = (await readNowMs(manager)) - 1;
    const [taken] = await rows<StoredImport>(manager, TAKE, [LEASE_SECONDS, new Date(requestedAtMs)]);
    if (taken === undefined) return null;
    return {
      id: taken.id,
      workspaceId: taken.workspace_id,
      pageId: taken.page_id,
      requestedAtMs,
      metaPageId: taken.meta_page_id,
      tokenSealed: taken.token_sealed,
      lease: taken.lease,
    };
  });
}

/**
 * Renews the import with what a page of it changed, in the transaction of that change.
 *
 * @returns the new lease
 * @throws LostImportError when somebody else runs it now: nothing of the transaction is kept
 */
export async function renewImport(manager: EntityManager, taken: TakenImport, counts: ImportCounts): Promise<string> {
  const [renewed] = await rows<{ lease: string }>(
    manager,
    `UPDATE page_syncs SET renewed_at = clock_timestamp(), seen = seen + $4, added = added + $5, changed = changed + $6,
            gone = gone + $7
      WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND renewed_at::text = $3
      RETURNING renewed_at::text AS lease`,
    [taken.workspaceId, taken.id, taken.lease, counts.seen, counts.added, counts.changed, counts.gone],
  );
  if (renewed === undefined) throw new LostImportError('Another runner has taken the import over.');
  return renewed.lease;
}

/** Ends an import this runner holds. @param error - why it failed; null when it is done */
export function endImport(dataSource: DataSource, taken: TakenImport, error: string | null): Promise<void> {
  return inTransaction(dataSource, async (manager) => {
    await rows(
      manager,
      `UPDATE page_syncs SET state = $4, error = $5, finished_at = $6
        WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND renewed_at::text = $3`,
      [
        taken.workspaceId,
        taken.id,
        taken.lease,
        error === null ? 'done' : 'failed',
        error,
        new Date(await readNowMs(manager)),
      ],
    );
  });
}

/** Lets an import that failed on the way be begun again soon, or gives it up after its time. */
export function putImportBack(dataSource: DataSource, taken: TakenImport, error: string): Promise<void> {
  return inTransaction(dataSource, async (manager) => {
    await rows(
      manager,
      `UPDATE page_syncs
          SET renewed_at = clock_timestamp() - make_interval(secs => $5), error = $4,
              state = CASE WHEN created_at < now() - make_interval(mins => $6) THEN 'failed' ELSE state END,
              finished_at = CASE WHEN created_at < now() - make_interval(mins => $6) THEN $7::timestamptz END
        WHERE workspace_id = $1 AND id = $2 AND state = 'running' AND renewed_at::text = $3`,
      [
        taken.workspaceId,
        taken.id,
        taken.lease,
        error,
        LEASE_SECONDS - AGAIN_AFTER_SECONDS,
        GIVE_UP_AFTER_MINUTES,
        new Date(await readNowMs(manager)),
      ],
    );
  });
}
