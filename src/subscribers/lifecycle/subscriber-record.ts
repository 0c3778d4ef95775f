import type { DataSource, EntityManager } from 'typeorm';
import type {
  Acted,
  SubscriberIds,
  SubscriberPlan,
  SubscriberRecord,
  WhileGranted,
} from '../../../activities/subscriber.ports';
import { readNowMs } from '../../persistence/clock';
import { inTransaction, rows } from '../../persistence/database';
import { loadOptInsOwed, loadPerson, loadTopics } from './load-person';
import { loadRequests } from './load-requests';
import { loadRuns } from './load-runs';
import { loadLastOutcome, loadSends } from './load-sends';
import { forgetWait, isNothingOwed, readWait, writeActed } from './waits';

/** The record of one person in Postgres, as their workflow reads and marks it. */
export class PostgresSubscriberRecord implements SubscriberRecord {
  /** @param idleAfterMs - see `SubscriberPlan` */
  constructor(
    private readonly dataSource: DataSource,
    private readonly idleAfterMs: number | null,
  ) {}

  load(ids: SubscriberIds): Promise<SubscriberPlan | null> {
    return inTransaction(this.dataSource, async (manager) => {
      await setWorkflowOpen(manager, ids, true);
      const wait = await readWait(manager, ids);
      const person = await loadPerson(manager, ids);
      if (person === null) return forgetWait(manager, ids).then(() => null);
      const nowMs = await readNowMs(manager);
      const { windowUntilMs, ...planned } = person;
      return {
        nowMs,
        ...wait,
        ...planned,
        topics: await loadTopics(manager, ids),
        optInsOwed: await loadOptInsOwed(manager, ids),
        ...(await loadRuns(manager, ids, nowMs)),
        ...(await loadRequests(manager, ids, { nowMs, windowUntilMs })),
        sends: await loadSends(manager, ids, nowMs),
        lastOutcome: await loadLastOutcome(manager, ids),
        idleAfterMs: this.idleAfterMs,
      };
    });
  }

  markActed(ids: SubscriberIds, acted: Acted): Promise<void> {
    return inTransaction(this.dataSource, (manager) => writeActed(manager, ids, acted));
  }

  close(ids: SubscriberIds, whileGranted: WhileGranted): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const hasConsent = await holdsConsent(manager, ids);
      if (hasConsent && whileGranted === 'stays') return false;
      const isClosed = await isNothingOwed(manager, ids);
      if (isClosed) await setWorkflowOpen(manager, ids, false);
      return isClosed;
    });
  }
}

/** Batches tell only open workflows what became of a campaign. */
async function setWorkflowOpen(manager: EntityManager, ids: SubscriberIds, isOpen: boolean): Promise<void> {
  await rows(
    manager,
    'UPDATE subscribers SET workflow_open = $3 WHERE workspace_id = $1 AND id = $2 AND workflow_open <> $3',
    [ids.workspaceId, ids.subscriberId, isOpen],
  );
}

/** Locks the person: people come before what is owed in the one order of locks. */
async function holdsConsent(manager: EntityManager, ids: SubscriberIds): Promise<boolean> {
  const [person] = await rows<{ consent: string }>(
    manager,
    'SELECT consent FROM subscribers WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE',
    [ids.workspaceId, ids.subscriberId],
  );
  return person?.consent === 'granted';
}
