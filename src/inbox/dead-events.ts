import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** An event that could not be applied in any of its attempts; its body is kept. */
export interface DeadEvent {
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly kind: string;
  /** ISO 8601, Meta's time. */
  readonly eventAt: string;
  readonly tries: number;
  readonly lastError: string | null;
}

interface StoredEvent {
  id: string;
  workspace_id: string;
  page_id: string;
  kind: string;
  event_at: Date;
  tries: number;
  last_error: string | null;
}

/** The dead events, oldest first. */
export async function listDeadEvents(manager: EntityManager, limit: number): Promise<DeadEvent[]> {
  const stored = await rows<StoredEvent>(
    manager,
    `SELECT id, workspace_id, page_id, kind, event_at, tries, last_error FROM inbox
      WHERE done_at IS NULL AND state = 'dead' ORDER BY seq LIMIT $1`,
    [limit],
  );
  return stored.map((event) => ({
    id: event.id,
    workspaceId: event.workspace_id,
    pageId: event.page_id,
    kind: event.kind,
    eventAt: event.event_at.toISOString(),
    tries: event.tries,
    lastError: event.last_error,
  }));
}

/** Lets dead events be tried again from their first attempt. @returns the ids of those that were dead */
export async function replayInbox(manager: EntityManager, ids: readonly string[]): Promise<string[]> {
  const replayed = await rows<{ id: string }>(
    manager,
    `UPDATE inbox i SET state = 'pending', tries = 0, try_at = NULL, last_error = NULL
       FROM workspaces w
      WHERE i.workspace_id = w.id AND i.id = ANY($1) AND i.done_at IS NULL AND i.state = 'dead' RETURNING i.id`,
    [ids],
  );
  return replayed.map(({ id }) => id);
}

/** How much of the inbox nobody may overlook. */
interface InboxCounts {
  readonly pending: number;
  readonly dead: number;
  /** Statuses of paid messages that matched nothing, of the days that are kept. */
  readonly unmatched: number;
}

/** Counts what waits, what is dead and what matched nothing, of all tenants. */
export async function countInbox(manager: EntityManager): Promise<InboxCounts> {
  const [counted] = await rows<InboxCounts>(
    manager,
    `SELECT (SELECT count(workspace_id) FROM inbox WHERE done_at IS NULL AND state = 'pending') AS pending,
            (SELECT count(workspace_id) FROM inbox WHERE done_at IS NULL AND state = 'dead') AS dead,
            (SELECT count(workspace_id) FROM inbox WHERE state = 'unmatched') AS unmatched`,
  );
  return counted ?? { pending: 0, dead: 0, unmatched: 0 };
}
