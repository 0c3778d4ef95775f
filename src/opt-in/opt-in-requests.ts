import type { DataSource, EntityManager } from 'typeorm';
import type {
  OptInAnswer,
  OptInAttempt,
  OptInRequestResult,
  OptInRequests,
  SubscriberIds,
} from '../../activities/subscriber.ports';
import { decideOptInRequest } from '../../domain/subscriber/decide-opt-in-request';
import { lockPeople } from '../ledger/people';
import { readNowMs } from '../persistence/clock';
import { inTransaction } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { loadOptInFacts } from './opt-in-facts';
import { openOptInMessage } from './opt-in-message';
import type { RequestRow } from './request-row';
import { objectionOf, readRequest, resultOf, writeRequest } from './request-row';
import { settleRequest } from './settle-request';

/** A call to Meta ends within 10 s; whoever is found `sending` after this long is gone. Wall clock. */
const ATTEMPT_MS = 30_000;

/** After `sending` was written, bytes leave within this time of the process's own clock, or not at all. */
const LEAVE_WITHIN_MS = 3_000;

/** The requests in Postgres: each move under the person's lock, `sending` before bytes leave. */
export class PostgresOptInRequests implements OptInRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly envelope: Envelope,
  ) {}

  begin(ids: SubscriberIds, requestId: string): Promise<OptInAttempt> {
    return inTransaction(this.dataSource, async (manager) => {
      const request = await lockRequest(manager, ids, requestId);
      if (request?.state === 'sending') return giveUpOrWait(manager, ids, request);
      if (request?.state !== 'waiting') return settled(request ?? { state: 'cancelled', ruleId: null });
      const nowMs = await readNowMs(manager);
      return isExpired(request, nowMs)
        ? end(manager, ids, { ...request, state: 'expired', dueAtMs: null })
        : this.decide(manager, ids, request, nowMs);
    });
  }

  settle(ids: SubscriberIds, requestId: string, answer: OptInAnswer): Promise<OptInRequestResult> {
    return inTransaction(this.dataSource, async (manager) => {
      const request = await lockRequest(manager, ids, requestId);
      if (request === null) return { state: 'cancelled' };
      return settleRequest(manager, ids, request, answer);
    });
  }

  private async decide(
    manager: EntityManager,
    ids: SubscriberIds,
    request: RequestRow,
    nowMs: number,
  ): Promise<OptInAttempt> {
    const { topicId, whenNotAllowed } = request;
    const facts = await loadOptInFacts(manager, { ...ids, topicId }, nowMs);
    if (facts === null) return end(manager, ids, { ...request, ...NO_OBJECTION, state: 'cancelled', dueAtMs: null });
    if (facts.alreadyOptedInToTopic) {
      return end(manager, ids, { ...request, ...NO_OBJECTION, state: 'opted_in', dueAtMs: null });
    }
    const decision = decideOptInRequest({ ...facts, whenNotAllowed }, nowMs);
    return decision.kind === 'ask'
      ? this.ask(manager, ids, request, nowMs)
      : end(manager, ids, { ...request, ...objectionOf(decision, nowMs) });
  }

  private async ask(
    manager: EntityManager,
    ids: SubscriberIds,
    request: RequestRow,
    nowMs: number,
  ): Promise<OptInAttempt> {
    const leaveBeforeMs = performance.now() + LEAVE_WITHIN_MS;
    const message = await openOptInMessage(manager, this.envelope, ids, request.topicId);
    if (message === null) {
      return end(manager, ids, { ...request, ...NO_OBJECTION, state: 'failed', dueAtMs: null, errorCode: 'no_psid' });
    }
    const sending = { state: 'sending', askedAtMs: nowMs, sendingSinceMs: Date.now() } as const;
    await writeRequest(manager, ids, { ...request, ...NO_OBJECTION, ...sending });
    return { kind: 'ask', message: { ...message, leaveBeforeMs } };
  }
}

const NO_OBJECTION = { ruleId: null, facts: null, allowedAtMs: null } as const;

async function lockRequest(manager: EntityManager, ids: SubscriberIds, requestId: string): Promise<RequestRow | null> {
  await lockPeople(manager, ids.workspaceId, [ids.subscriberId]);
  return readRequest(manager, ids, requestId);
}

const isExpired = ({ expiresAtMs }: RequestRow, nowMs: number): boolean => expiresAtMs !== null && expiresAtMs <= nowMs;

/** Its bytes may have left: it counts as asked and is never repeated (brief P5). */
async function giveUpOrWait(manager: EntityManager, ids: SubscriberIds, request: RequestRow): Promise<OptInAttempt> {
  const waitMs = (request.sendingSinceMs ?? 0) + ATTEMPT_MS - Date.now();
  return waitMs > 0
    ? { kind: 'under_way', waitMs }
    : end(manager, ids, { ...request, state: 'unknown', dueAtMs: null });
}

async function end(manager: EntityManager, ids: SubscriberIds, request: RequestRow): Promise<OptInAttempt> {
  await writeRequest(manager, ids, request);
  return settled(request);
}

const settled = (request: Pick<RequestRow, 'state' | 'ruleId'>): OptInAttempt => ({
  kind: 'settled',
  result: resultOf(request),
});
