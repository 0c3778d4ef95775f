import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { rows } from '../persistence/database';
import { noteAwaitsInbound } from './request-row';

/** The person opted in: every request for that topic that was sent, or still waits to be, has what it was for. */
export async function fulfilRequests(
  manager: EntityManager,
  ids: SubscriberIds,
  topicId: string | null,
): Promise<void> {
  if (topicId === null) return;
  await rows(
    manager,
    `UPDATE opt_in_requests SET state = 'opted_in', due_at = NULL, updated_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND topic_id = $3
        AND (state IN ('waiting', 'sending', 'asked', 'unknown') OR (state = 'expired' AND asked_at IS NOT NULL))`,
    [ids.workspaceId, ids.subscriberId, topicId],
  );
  await noteAwaitsInbound(manager, ids);
}
