import { SubscriberImport } from '../../src/imports/subscriber-import';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TablesUnderTest, TestPage } from '../inbox/tables-under-test';
import { silent } from '../inbox/tables-under-test';
import type { MetaList } from './meta-list';

/** Asks for an import of the Page's list. @returns its id */
export async function askForImport(tables: TablesUnderTest, page: TestPage): Promise<string> {
  const { id } = await tables.row<{ id: string }>(
    `INSERT INTO page_syncs (id, workspace_id, page_id, state, requested_at) VALUES ($1, $2, $3, 'running', now()) RETURNING id`,
    [uuidV7(), page.workspaceId, page.id],
  );
  return id;
}

/** Runs the next import that may begin. @returns when to look again, milliseconds */
export const importNext = (tables: TablesUnderTest, list: MetaList): Promise<number> =>
  new SubscriberImport({
    dataSource: tables.worker,
    graph: list,
    envelope: tables.envelope,
    lookupHash: tables.lookup,
    logger: silent,
  }).round(new AbortController().signal);
