import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { cancelWaitingSends } from '../ledger/cancel-waiting';
import { cancelWaitingRequests } from '../opt-in/cancel-requests';
import { rows } from '../persistence/database';
import { endRuns } from './end-runs';
import type { OrderEventReport } from './order-event';
import { orderKey } from './order-event';

/** Cancels runs of an order, and what of them has not reached the person: waiting requests and messages. */
export async function callOffOrder(
  manager: EntityManager,
  ids: SubscriberIds,
  runIds: readonly string[],
): Promise<void> {
  if (runIds.length === 0) return;
  await cancelWaitingRequests(manager, ids, runIds);
  await endRuns(manager, ids, { state: 'cancelled', reason: 'order_called_off', runIds });
  const sendIds = await sendsOfRuns(manager, ids, runIds);
  if (sendIds.length === 0) return;
  await cancelWaitingSends(manager, { ...ids, reason: 'order_called_off', ruleId: null, sendIds });
}

/** @returns the runs that an order has set going, ended ones too */
export async function runsOfOrder(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  report: OrderEventReport,
): Promise<string[]> {
  const runs = await rows<{ id: string }>(
    manager,
    'SELECT id FROM automation_runs WHERE workspace_id = $1 AND subscriber_id = $2 AND order_key = $3 ORDER BY id',
    [workspaceId, subscriberId, orderKey(report)],
  );
  return runs.map(({ id }) => id);
}

async function sendsOfRuns(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  runIds: readonly string[],
): Promise<string[]> {
  const sends = await rows<{ id: string }>(
    manager,
    `SELECT id FROM sends WHERE workspace_id = $1 AND subscriber_id = $2 AND automation_run_id = ANY($3)
        AND state IN ('queued', 'held', 'claimed') ORDER BY id`,
    [workspaceId, subscriberId, runIds],
  );
  return sends.map(({ id }) => id);
}
