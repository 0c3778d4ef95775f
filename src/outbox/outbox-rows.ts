import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** The receivers; each has a lane of its own, so that a slow one holds up no other. */
export type OutboxLane = 'temporal' | 'outcome' | 'graph' | 'sandbox';

/** In the lane of Temporal: the workflow of an owner whose record is gone is to end. */
export const END_WORKFLOW = 'end_workflow';

/** One promise that stands in the outbox. */
export interface OutboxRow {
  readonly seq: number;
  readonly workspaceId: string;
  readonly kind: string;
  readonly ownerId: string;
  readonly pageId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly tries: number;
}

interface StoredRow {
  seq: number;
  workspace_id: string;
  kind: string;
  owner_id: string;
  page_id: string | null;
  body: Record<string, unknown>;
  tries: number;
}

/** What is due in a lane, oldest first. One worker at a time drains a lane, so nothing is locked. */
export async function dueRows(manager: EntityManager, lane: OutboxLane, limit: number): Promise<OutboxRow[]> {
  const stored = await rows<StoredRow>(
    manager,
    `SELECT seq, workspace_id, kind, owner_id, page_id, body, tries FROM outbox
      WHERE lane = $1 AND dead_at IS NULL AND try_at <= now() ORDER BY try_at, seq LIMIT $2`,
    [lane, limit],
  );
  return stored.map((row) => ({
    seq: row.seq,
    workspaceId: row.workspace_id,
    kind: row.kind,
    ownerId: row.owner_id,
    pageId: row.page_id ?? '',
    body: row.body,
    tries: row.tries,
  }));
}

/** Removes what was answered; a body that was replaced meanwhile is another promise and stays. */
export async function removeAnswered(manager: EntityManager, answered: readonly OutboxRow[]): Promise<void> {
  if (answered.length === 0) return;
  await rows(
    manager,
    `DELETE FROM outbox o USING jsonb_to_recordset($1::jsonb) AS a (seq bigint, workspace_id uuid, body jsonb)
      WHERE o.seq = a.seq AND o.workspace_id = a.workspace_id AND o.body = a.body`,
    [JSON.stringify(answered.map(({ seq, workspaceId, body }) => ({ seq, workspace_id: workspaceId, body })))],
  );
}

/** A row that could not be delivered, and when it is tried again; `null` = never. */
export interface Undelivered {
  readonly row: OutboxRow;
  /** Without personal data. */
  readonly error: string;
  /** Wall clock from now, milliseconds. */
  readonly retryInMs: number | null;
}

/** Writes down what failed and when it is tried again; one whose tries begin anew meanwhile is another promise. */
export async function postpone(manager: EntityManager, undelivered: readonly Undelivered[]): Promise<void> {
  if (undelivered.length === 0) return;
  await rows(
    manager,
    `UPDATE outbox o SET tries = o.tries + 1, last_error = u.error,
            try_at = now() + coalesce(u.retry_in_ms, 0) * interval '1 millisecond',
            dead_at = CASE WHEN u.retry_in_ms IS NULL THEN now() END
       FROM jsonb_to_recordset($1::jsonb) AS u (seq bigint, workspace_id uuid, tries integer, error text, retry_in_ms integer)
      WHERE o.seq = u.seq AND o.workspace_id = u.workspace_id AND o.tries = u.tries`,
    [
      JSON.stringify(
        undelivered.map(({ row, error, retryInMs }) => ({
          seq: row.seq,
          workspace_id: row.workspaceId,
          tries: row.tries,
          error,
          retry_in_ms: retryInMs,
        })),
      ),
    ],
  );
}
