import type { DataSource, EntityManager } from 'typeorm';
import type { CancelledByOptOut, OptOuts, SubscriberIds } from '../../../activities/subscriber.ports';
import { cancelWaitingSends } from '../../ledger/cancel-waiting';
import { lockPeople } from '../../ledger/people';
import { cancelWaitingRequests } from '../../opt-in/cancel-requests';
import { inTransaction, rows } from '../../persistence/database';
import { endRuns } from '../../sequences/end-runs';

const NOTHING: CancelledByOptOut = { sends: 0, requests: 0, runs: 0 };

/** Cancels everything that waits for somebody who left; their row has said so since the opt-out's own commit. */
export class PostgresOptOuts implements OptOuts {
  constructor(private readonly dataSource: DataSource) {}

  finish(ids: SubscriberIds): Promise<CancelledByOptOut> {
    return inTransaction(this.dataSource, async (manager) => {
      await lockPeople(manager, ids.workspaceId, [ids.subscriberId]);
      if (!(await markDone(manager, ids))) return NOTHING;
      return {
        requests: await cancelWaitingRequests(manager, ids, null),
        runs: await endRuns(manager, ids, { state: 'cancelled', reason: 'opted_out' }),
        sends: await cancelWaitingSends(manager, { ...ids, reason: 'opted_out', ruleId: 'R-11' }),
      };
    });
  }
}

/** What is asked for after this opt-out is decided by its own rules. @returns false when the person is back already */
async function markDone(manager: EntityManager, { workspaceId, subscriberId }: SubscriberIds): Promise<boolean> {
  const marked = await rows(
    manager,
    `UPDATE subscribers SET opt_out_done_at = consent_at
      WHERE workspace_id = $1 AND id = $2 AND consent = 'revoked' RETURNING id`,
    [workspaceId, subscriberId],
  );
  return marked.length === 1;
}
