import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { rows } from '../persistence/database';
import { noteAwaitsInbound } from './request-row';

/**
 * Cancels requests of a locked person that nobody has seen yet.
 *
 * @param ofRuns - only those of these automation runs; without them all
 * @returns how many
 */
export async function cancelWaitingRequests(
  manager: EntityManager,
  ids: SubscriberIds,
  ofRuns: readonly string[] | null,
): Promise<number> {
  const cancelled = await rows(
    manager,
    `UPDATE opt_in_requests SET state = 'cancelled', due_at = NULL, updated_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND state = 'waiting'
        AND ($3::uuid[] IS NULL OR automation_run_id = ANY($3)) RETURNING id`,
    [ids.workspaceId, ids.subscriberId, ofRuns],
  );
  await noteAwaitsInbound(manager, ids);
  return cancelled.length;
}
