import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { isoOrNull, msOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';

/** Where a run stands; times in milliseconds (UTC). */
export interface RunRow {
  readonly id: string;
  readonly orderEventId: string | null;
  readonly stepsSealed: Buffer | null;
  readonly step: number;
  readonly state: 'running' | 'waiting' | 'done' | 'cancelled' | 'expired' | 'failed';
  readonly reason: string | null;
  readonly optInRequestId: string | null;
  readonly sendId: string | null;
  readonly dueAtMs: number | null;
}

interface StoredRun {
  id: string;
  order_event_id: string | null;
  steps_sealed: Buffer | null;
  step: number;
  state: RunRow['state'];
  reason: string | null;
  opt_in_request_id: string | null;
  send_id: string | null;
  due_at: Date | null;
}

/** Reads a run of a person. @returns null when there is none */
export async function readRun(manager: EntityManager, ids: SubscriberIds, runId: string): Promise<RunRow | null> {
  const [stored] = await rows<StoredRun>(
    manager,
    `SELECT id, order_event_id, steps_sealed, step, state, reason, opt_in_request_id, send_id, due_at
       FROM automation_runs WHERE workspace_id = $1 AND subscriber_id = $2 AND id = $3`,
    [ids.workspaceId, ids.subscriberId, runId],
  );
  if (stored === undefined) return null;
  return {
    id: stored.id,
    orderEventId: stored.order_event_id,
    stepsSealed: stored.steps_sealed,
    step: stored.step,
    state: stored.state,
    reason: stored.reason,
    optInRequestId: stored.opt_in_request_id,
    sendId: stored.send_id,
    dueAtMs: msOrNull(stored.due_at),
  };
}

/** Whether something is still to come. */
export const isUnderWay = ({ state }: Pick<RunRow, 'state'>): boolean => state === 'running' || state === 'waiting';

/**
 * Writes a run after a step.
 *
 * @throws when it moved since it was read: what the step did in this transaction is undone with it
 */
export async function writeRun(
  manager: EntityManager,
  ids: SubscriberIds,
  before: RunRow,
  after: RunRow,
  nowMs: number,
): Promise<void> {
  const written = await rows(
    manager,
    `UPDATE automation_runs
        SET step = $7, state = $8, reason = $9, opt_in_request_id = $10, send_id = $11, due_at = $12, finished_at = $13,
            steps_sealed = CASE WHEN $13::timestamptz IS NULL THEN steps_sealed END, updated_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND id = $3 AND state IN ('running', 'waiting') AND step = $4
        AND opt_in_request_id IS NOT DISTINCT FROM $5 AND send_id IS NOT DISTINCT FROM $6 RETURNING id`,
    [
      ids.workspaceId,
      ids.subscriberId,
      before.id,
      before.step,
      before.optInRequestId,
      before.sendId,
      after.step,
      after.state,
      after.reason,
      after.optInRequestId,
      after.sendId,
      isoOrNull(after.dueAtMs),
      isUnderWay(after) ? null : isoOrNull(nowMs),
    ],
  );
  if (written.length !== 1) throw new Error(`Run ${before.id} moved while its step was done.`);
}
