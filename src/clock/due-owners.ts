import type { EntityManager } from 'typeorm';
import type { OwnerKind } from '../../workflows/shared/names';
import { rows } from '../persistence/database';

/** A workflow that has something to do at a moment. */
export interface DueOwner {
  readonly ownerId: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly ownerKind: OwnerKind;
  /** Business time, milliseconds (UTC). */
  readonly dueMs: number;
}

interface StoredOwner {
  owner_id: string;
  workspace_id: string;
  page_id: string;
  kind: OwnerKind;
  due: number;
}

const toOwner = (stored: StoredOwner): DueOwner => ({
  ownerId: stored.owner_id,
  workspaceId: stored.workspace_id,
  pageId: stored.page_id,
  ownerKind: stored.kind,
  dueMs: stored.due,
});

const MOST_OWNERS = 5_000;
const COLUMNS = 'owner_id, workspace_id, page_id, kind, ceil(extract(epoch FROM next_due_at) * 1000)::bigint AS due';

/** Whoever said that something is due at or before a moment, earliest first. */
export async function dueOwners(manager: EntityManager, atMs: number): Promise<DueOwner[]> {
  const found = await rows<StoredOwner>(
    manager,
    `SELECT ${COLUMNS} FROM waits WHERE next_due_at <= $1 ORDER BY next_due_at, owner_id LIMIT ${MOST_OWNERS}`,
    [new Date(atMs)],
  );
  return found.map(toOwner);
}

const LAGGARDS = `
SELECT ${COLUMNS} FROM waits WHERE wake_seq > acted_seq OR next_due_at <= $1
UNION
SELECT s.campaign_id, s.workspace_id, s.page_id, 'campaign', 0::bigint
  FROM sends s JOIN campaigns c ON c.id = s.campaign_id AND c.workspace_id = s.workspace_id
 WHERE s.pending = 'held' AND s.due_at <= $1 AND c.state = 'active' AND NOT c.hidden
UNION
SELECT s.subscriber_id, s.workspace_id, s.page_id, 'subscriber', 0::bigint
  FROM sends s JOIN campaigns c ON c.id = s.campaign_id AND c.workspace_id = s.workspace_id
 WHERE s.pending = 'held' AND s.due_at <= $1 AND c.hidden
UNION
SELECT subscriber_id, workspace_id, page_id, 'subscriber', 0::bigint FROM opt_in_requests
 WHERE state = 'waiting' AND due_at <= $1
UNION
SELECT subscriber_id, workspace_id, page_id, 'subscriber', 0::bigint FROM automation_runs
 WHERE state IN ('running', 'waiting') AND due_at <= $1
ORDER BY owner_id LIMIT ${MOST_OWNERS}`;

/** Whoever keeps a moment from being over: behind with what is owed, or with a row that is due. */
export async function laggards(manager: EntityManager, atMs: number): Promise<DueOwner[]> {
  const found = await rows<StoredOwner>(manager, LAGGARDS, [new Date(atMs)]);
  return [...new Map(found.map((stored) => [stored.owner_id, toOwner(stored)])).values()];
}
