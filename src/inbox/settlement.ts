import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { backOffMs } from '../worker-loops/back-off';
import type { InboxKeys } from './inbox-keys';
import type { InboxRow } from './inbox-row';

/**
 * What becomes of a row: `done`; `applied` = the proof of an opt-in is written and its token still lies in the body;
 * `ignored`; `unmatched` = a status without a message or an opt-out by a token of nobody, given up; `later` = looked at again.
 */
export type Settlement =
  | { readonly row: InboxRow; readonly state: 'done' | 'ignored' | 'unmatched' }
  | { readonly row: InboxRow; readonly state: 'applied'; readonly keys: InboxKeys }
  | { readonly row: InboxRow; readonly state: 'later'; readonly retryInMs: number };

const SETTLE = `
UPDATE inbox i
   SET state = CASE WHEN n.state = 'later' THEN 'pending' ELSE n.state END,
       done_at = CASE WHEN n.state <> 'later' THEN now() END,
       try_at = CASE WHEN n.state = 'later' THEN now() + n.retry_in_ms * interval '1 millisecond' END,
       body_sealed = CASE WHEN n.state IN ('applied', 'later') THEN i.body_sealed END,
       keys = COALESCE(n.keys, i.keys)
  FROM jsonb_to_recordset($1::jsonb)
       AS n (day date, seq bigint, workspace_id uuid, state text, retry_in_ms integer, keys jsonb)
 WHERE i.day = n.day AND i.seq = n.seq AND i.workspace_id = n.workspace_id`;

/** Writes what became of the rows; bodies go as soon as nobody needs them. */
export async function writeSettlements(manager: EntityManager, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  const written = settlements.map((settlement) => ({
    day: settlement.row.day,
    seq: settlement.row.seq,
    workspace_id: settlement.row.workspaceId,
    state: settlement.state,
    retry_in_ms: settlement.state === 'later' ? settlement.retryInMs : null,
    keys: settlement.state === 'applied' ? settlement.keys : null,
  }));
  await rows(manager, SETTLE, [JSON.stringify(written)]);
}

/** After this many failed attempts an event is dead: kept, counted, listed, replayable. */
const MOST_TRIES = 8;
const LONGEST_BACK_OFF_MS = 5 * 60_000;

/** Puts a row that could not be applied aside for a while, wall clock. @returns whether it is dead now */
export async function writeFailure(manager: EntityManager, row: InboxRow, error: string): Promise<boolean> {
  const [failed] = await rows<{ state: string }>(
    manager,
    `UPDATE inbox SET tries = tries + 1, last_error = $4, try_at = now() + $5 * interval '1 millisecond',
            state = CASE WHEN tries + 1 >= $6 THEN 'dead' ELSE state END
      WHERE day = $1 AND seq = $2 AND workspace_id = $3 AND done_at IS NULL RETURNING state`,
    [row.day, row.seq, row.workspaceId, error, backOffMs(row.tries, LONGEST_BACK_OFF_MS), MOST_TRIES],
  );
  return failed?.state === 'dead';
}
