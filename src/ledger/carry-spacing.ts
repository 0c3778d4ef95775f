import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** A token that stood with one row of a human and now stands with another; subscriber ids, both locked. */
export interface TokenMove {
  readonly from: string;
  readonly to: string;
}

const MOVES = 'unnest($2::uuid[], $3::uuid[]) AS m (from_id, to_id)';

const CARRY = `
UPDATE subscribers n
   SET paid_slot_until = greatest(n.paid_slot_until, o.paid_slot_until),
       meta_paid_until = greatest(n.meta_paid_until, o.meta_paid_until),
       meta_paid_rule = CASE WHEN o.meta_paid_until > coalesce(n.meta_paid_until, '-infinity') THEN o.meta_paid_rule
                             ELSE n.meta_paid_rule END,
       updated_at = now()
  FROM ${MOVES} JOIN subscribers o ON o.id = m.from_id AND o.workspace_id = $1
 WHERE n.id = m.to_id AND n.workspace_id = $1
   AND (o.paid_slot_until > coalesce(n.paid_slot_until, '-infinity')
        OR o.meta_paid_until > coalesce(n.meta_paid_until, '-infinity'))`;

const CARRY_BEHIND = `
WITH holder AS (
  SELECT s.campaign_id, s.id, o.paid_slot_until
    FROM ${MOVES}
    JOIN subscribers o ON o.id = m.from_id AND o.workspace_id = $1
    JOIN subscribers n ON n.id = m.to_id AND n.workspace_id = $1
    JOIN sends s ON s.subscriber_id = n.id AND s.id = n.paid_slot_send AND s.workspace_id = $1
   WHERE o.paid_slot_until > coalesce(s.slot_before, '-infinity')
   ORDER BY s.id FOR UPDATE OF s
)
UPDATE sends s SET slot_before = h.paid_slot_until, slot_send_before = NULL
  FROM holder h WHERE s.campaign_id = h.campaign_id AND s.id = h.id AND s.workspace_id = $1`;

/**
 * A human keeps their spacing when their token moves to another row of theirs: of both words the later counts
 * (protocol §4). Each row's slot stays with its own send, so both give back as ever: the send of the new row to what came
 * with the token, that of the old row there alone. What is returned there still stands here to its end: the next message
 * may be late, never early.
 */
export async function carrySpacing(
  manager: EntityManager,
  workspaceId: string,
  moves: readonly TokenMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const parameters = [workspaceId, moves.map(({ from }) => from), moves.map(({ to }) => to)];
  await rows(manager, CARRY, parameters);
  await rows(manager, CARRY_BEHIND, parameters);
}
