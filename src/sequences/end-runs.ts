import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import type { RunReason } from './step-outcome';

/** How runs end, and which. */
export interface EndOfRuns {
  readonly state: 'cancelled' | 'expired';
  readonly reason: RunReason;
  /** Only these; without them all that are under way. */
  readonly runIds?: readonly string[];
}

/** Ends runs of a locked person; their texts go with them. @returns how many */
export async function endRuns(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  { state, reason, runIds }: EndOfRuns,
): Promise<number> {
  const ended = await rows(
    manager,
    `UPDATE automation_runs SET state = $3, reason = $4, due_at = NULL, finished_at = $5, steps_sealed = NULL,
            updated_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND state IN ('running', 'waiting')
        AND ($6::uuid[] IS NULL OR id = ANY($6)) RETURNING id`,
    [workspaceId, subscriberId, state, reason, new Date(await readNowMs(manager)), runIds ?? null],
  );
  return ended.length;
}
