import type { DataSource, EntityManager } from 'typeorm';
import { readNowMs } from '../persistence/clock';
import { inTransaction, rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { ImportRef } from './import-ref';
import { LEASE_SECONDS } from './page-sync-lease';

/** Whose list is imported. */
type Imported = Pick<ImportRef, 'workspaceId' | 'pageId'>;

/** An import that nobody has begun, as long as it holds this lease. */
interface RequestedImport {
  readonly id: string;
  readonly lease: string;
}

/** What is owed to one of those who have connected a Page. */
export interface OwedImport {
  readonly pageId: string;
  /** Null where one waits already behind one that is under way. */
  readonly waiting: RequestedImport | null;
}

/** Should Meta refuse, or the worker be gone, an import that is owed begins by itself after this long, wall clock. */
const BEGINS_ALONE_SECONDS = 90;
/** One under way and one that waits behind it. */
const MOST_RUNNING = 2;

/** Looks like one whose runner was gone, once it may begin. */
const RENEWED_AT = `clock_timestamp() + make_interval(secs => $1 - ${LEASE_SECONDS})`;

/**
 * Asks for an import, in the caller's transaction. What Meta's list says was so a moment before it was asked for: an
 * opt-in that arrives meanwhile is newer.
 *
 * @param inSeconds - how long it waits, wall clock
 */
export async function requestImport(
  manager: EntityManager,
  { workspaceId, pageId }: Imported,
  inSeconds = 0,
): Promise<RequestedImport> {
  const requestedAt = new Date((await readNowMs(manager)) - 1);
  const [requested] = await rows<RequestedImport>(
    manager,
    `INSERT INTO page_syncs (id, workspace_id, page_id, state, requested_at, renewed_at)
     VALUES ($2, $3, $4, 'running', $5, ${RENEWED_AT}) RETURNING id, renewed_at::text AS lease`,
    [inSeconds, uuidV7(), workspaceId, pageId, requestedAt],
  );
  if (requested === undefined) throw new Error(`No import of Page ${pageId} was written.`);
  return requested;
}

/**
 * Owes an import of a Page's list to everybody who has connected it, beside one that is under way: that one may have read
 * the list already.
 *
 * @returns nothing for a Page that nobody has connected any more
 */
export function oweImports(dataSource: DataSource, metaPageId: string): Promise<OwedImport[]> {
  return inTransaction(dataSource, async (manager) => {
    const owed: OwedImport[] = [];
    for (const page of await lockPages(manager, metaPageId)) {
      const isEnough = (await countRunning(manager, page)) >= MOST_RUNNING;
      const waiting = isEnough ? null : await requestImport(manager, page, BEGINS_ALONE_SECONDS);
      owed.push({ pageId: page.pageId, waiting });
    }
    return owed;
  });
}

/**
 * Lets what is owed begin with the list as it is from now on; what has begun already is asked for once more.
 *
 * @returns the imports' ids
 */
export function beginImports(
  dataSource: DataSource,
  metaPageId: string,
  owed: readonly OwedImport[],
): Promise<string[]> {
  return inTransaction(dataSource, async (manager) => {
    const begun: string[] = [];
    for (const page of await lockPages(manager, metaPageId)) {
      const waiting = owed.find(({ pageId }) => pageId === page.pageId)?.waiting ?? null;
      const isLet = waiting !== null && (await letBegin(manager, page, waiting));
      begun.push(isLet ? waiting.id : (await requestImport(manager, page)).id);
    }
    return begun;
  });
}

/** Several workspaces may have connected the same Page. */
async function lockPages(manager: EntityManager, metaPageId: string): Promise<Imported[]> {
  const pages = await rows<{ id: string; workspace_id: string }>(
    manager,
    `SELECT id, workspace_id FROM pages WHERE meta_page_id = $1 AND disconnected_at IS NULL
      ORDER BY id FOR NO KEY UPDATE`,
    [metaPageId],
  );
  return pages.map(({ id, workspace_id: workspaceId }) => ({ workspaceId, pageId: id }));
}

async function countRunning(manager: EntityManager, { workspaceId, pageId }: Imported): Promise<number> {
  const running = await rows(
    manager,
    `SELECT id FROM page_syncs WHERE workspace_id = $1 AND page_id = $2 AND state = 'running' LIMIT ${MOST_RUNNING}`,
    [workspaceId, pageId],
  );
  return running.length;
}

/** @returns whether it had still to begin */
async function letBegin(
  manager: EntityManager,
  { workspaceId }: Imported,
  { id, lease }: RequestedImport,
): Promise<boolean> {
  const moved = await rows(
    manager,
    `UPDATE page_syncs SET renewed_at = ${RENEWED_AT}
      WHERE workspace_id = $2 AND id = $3 AND state = 'running' AND renewed_at::text = $4 RETURNING id`,
    [0, workspaceId, id, lease],
  );
  return moved.length > 0;
}
