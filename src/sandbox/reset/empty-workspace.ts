import type { EntityManager } from 'typeorm';
import { END_WORKFLOW } from '../../outbox/outbox-rows';
import { OUTBOX_CHANNEL } from '../../outbox/wake';
import { rows } from '../../persistence/database';
import { RESET, RESET_OPERATION } from './reset-row';

/** What a row hangs on: when that is gone, so is the row. */
type HangsOn = 'page' | 'campaign' | 'subscriber' | 'workspace';

/** A workspace's tables in the order in which their rows go: first what is locked first, and whoever refers to a row before it. */
const TABLES: readonly { readonly name: string; readonly on: HangsOn; readonly but?: string }[] = [
  { name: 'page_rates', on: 'page' },
  { name: 'batches', on: 'campaign' },
  { name: 'page_syncs', on: 'page' },
  { name: 'subscriber_tags', on: 'subscriber' },
  { name: 'subscriber_topics', on: 'subscriber' },
  { name: 'subscriber_tokens', on: 'page' },
  { name: 'subscriber_identities', on: 'page' },
  { name: 'consent_events', on: 'page' },
  { name: 'opt_in_requests', on: 'page' },
  { name: 'order_events', on: 'page' },
  { name: 'automation_runs', on: 'page' },
  { name: 'automations', on: 'workspace' },
  { name: 'subscribers', on: 'page' },
  { name: 'sends', on: 'page' },
  { name: 'send_states', on: 'campaign' },
  { name: 'budget_entries', on: 'campaign' },
  { name: 'campaign_budgets', on: 'campaign' },
  { name: 'campaign_audience', on: 'campaign' },
  { name: 'campaign_messages', on: 'campaign' },
  { name: 'message_sets', on: 'campaign' },
  { name: 'campaigns', on: 'page' },
  { name: 'topics', on: 'page' },
  { name: 'pages', on: 'workspace' },
  { name: 'waits', on: 'page' },
  { name: 'inbox', on: 'page' },
  { name: 'outbox', on: 'page', but: `kind NOT IN ('${RESET}', '${END_WORKFLOW}')` },
  { name: 'idempotency_keys', on: 'workspace', but: `operation <> '${RESET_OPERATION}'` },
];

/**
 * Taken before anything is deleted, in the one order of locks: whoever works on one of these rows comes to its end
 * first, and its rows are seen then.
 */
const LOCKS = [
  'SELECT id FROM pages WHERE workspace_id = $1 ORDER BY id FOR UPDATE',
  'SELECT page_id FROM page_rates WHERE workspace_id = $1 ORDER BY page_id FOR UPDATE',
  'SELECT id FROM batches WHERE workspace_id = $1 ORDER BY id FOR UPDATE',
  'SELECT id FROM campaigns WHERE workspace_id = $1 ORDER BY id FOR UPDATE',
  'SELECT id FROM subscribers WHERE workspace_id = $1 ORDER BY id FOR UPDATE',
] as const;

/** What stood in a workspace before it was emptied. */
export interface Emptied {
  readonly pageIds: readonly string[];
  /** Pages at Meta that no other workspace has connected. */
  readonly metaPageIds: readonly string[];
}

/** Empties a workspace but for its keys, and leaves it to the outbox to end every workflow it ever had. */
export async function emptyWorkspace(manager: EntityManager, workspaceId: string): Promise<Emptied> {
  for (const lock of LOCKS) await rows(manager, lock, [workspaceId]);
  const emptied = await readPages(manager, workspaceId);
  await endWorkflows(manager, workspaceId);
  for (const { name, but = 'true' } of TABLES) {
    await rows(manager, `DELETE FROM ${name} WHERE workspace_id = $1 AND ${but}`, [workspaceId]);
  }
  return emptied;
}

async function readPages(manager: EntityManager, workspaceId: string): Promise<Emptied> {
  const pages = await rows<{ id: string; meta_page_id: string; shared: boolean }>(
    manager,
    `SELECT id, meta_page_id, EXISTS (
              SELECT FROM pages other
               WHERE other.meta_page_id = p.meta_page_id AND other.workspace_id <> $1 AND other.disconnected_at IS NULL
            ) AS shared
       FROM pages p WHERE workspace_id = $1 ORDER BY id`,
    [workspaceId],
  );
  return {
    pageIds: pages.map((page) => page.id),
    metaPageIds: pages.filter((page) => !page.shared).map((page) => page.meta_page_id),
  };
}

/** Whoever ever had a workflow has a row in `waits`. */
async function endWorkflows(manager: EntityManager, workspaceId: string): Promise<void> {
  await rows(
    manager,
    `INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body)
     SELECT gen_random_uuid(), workspace_id, $2, 'temporal', owner_id, page_id, jsonb_build_object('ownerKind', kind)
       FROM waits WHERE workspace_id = $1 ORDER BY owner_id`,
    [workspaceId, END_WORKFLOW],
  );
  await rows(manager, `SELECT pg_notify('${OUTBOX_CHANNEL}', '')`);
}

const GONE: Readonly<Record<HangsOn, string | null>> = {
  page: 'page_id = ANY($2)',
  campaign: '$2::uuid[] IS NOT NULL AND NOT EXISTS (SELECT FROM campaigns c WHERE c.id = campaign_id)',
  subscriber: '$2::uuid[] IS NOT NULL AND NOT EXISTS (SELECT FROM subscribers s WHERE s.id = subscriber_id)',
  workspace: null,
};

/**
 * Takes away what transactions that had begun before wrote for the emptied Pages without locking anything: an event
 * that had just come, a person who was being made.
 */
export async function sweepEmptied(
  manager: EntityManager,
  workspaceId: string,
  pageIds: readonly string[],
): Promise<void> {
  const ofPagesFirst = [...TABLES].sort((a, b) => Number(b.on === 'page') - Number(a.on === 'page'));
  for (const { name, on, but = 'true' } of ofPagesFirst) {
    const gone = GONE[on];
    if (gone === null) continue;
    await rows(manager, `DELETE FROM ${name} WHERE workspace_id = $1 AND ${but} AND ${gone}`, [workspaceId, pageIds]);
  }
  await rows(manager, 'DELETE FROM event_keys WHERE page_id = ANY($1)', [pageIds]);
}
