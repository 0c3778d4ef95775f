import type { EntityManager } from 'typeorm';
import type { RuleId } from '../../domain/rules/rule';
import type { DecisionFacts } from '../../domain/shared/facts';
import { decideOptInRequest } from '../../domain/subscriber/decide-opt-in-request';
import type { OptInRequestState } from '../../domain/subscriber/opt-in-request';
import { optInRequestedSignal } from '../../workflows/subscriber/subscriber.contract';
import { isoOrNull } from '../ledger/moments';
import { lockPeople } from '../ledger/people';
import type { OwedWake } from '../outbox/wake';
import { wake } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { AskableFacts, OptInQuestion } from './opt-in-facts';
import { loadOptInFacts } from './opt-in-facts';
import { noteAwaitsInbound, objectionOf } from './request-row';

/** Somebody wants a person to be asked. */
export interface OptInWish extends OptInQuestion {
  readonly whenNotAllowed: 'refuse' | 'wait';
  readonly automationRunId?: string;
  /** When it stops waiting to be asked, milliseconds (UTC). */
  readonly expiresAtMs?: number;
}

/** What was recorded of it. */
export interface RequestedOptIn {
  readonly requestId: string;
  readonly state: Extract<OptInRequestState, 'waiting' | 'refused'>;
  readonly ruleId?: RuleId;
  readonly facts?: DecisionFacts;
  /** ISO 8601. */
  readonly allowedAt?: string;
  /** To be delivered after the commit. */
  readonly owed: readonly OwedWake[];
}

/**
 * Decides under the person's lock whether they may be asked, and records the request: one that is allowed or may wait is
 * the workflow's to send, a refused one stands with its rule.
 *
 * @throws when the Page has no such topic or person
 */
export async function requestOptIn(manager: EntityManager, wish: OptInWish): Promise<RequestedOptIn> {
  await lockPeople(manager, wish.workspaceId, [wish.subscriberId]);
  const nowMs = await readNowMs(manager);
  const facts = await loadOptInFacts(manager, wish, nowMs);
  if (facts === null) throw new Error(`Subscriber ${wish.subscriberId} or topic ${wish.topicId} is not there.`);
  const verdict = verdictOn(facts, wish, nowMs);
  const requestId = uuidV7();
  await insertRequest(manager, { requestId, wish, facts, verdict, nowMs });
  const owed = verdict.state === 'refused' ? [] : [await wake(manager, requested(wish, requestId))];
  return { requestId, ...answerOf(verdict), owed };
}

/** What stands in the row of a new request; one that is allowed is due at once. */
interface Verdict {
  readonly state: 'waiting' | 'refused';
  readonly ruleId: RuleId | null;
  readonly facts: DecisionFacts | null;
  readonly allowedAtMs: number | null;
  readonly dueAtMs: number | null;
}

function verdictOn(facts: AskableFacts, { whenNotAllowed }: OptInWish, nowMs: number): Verdict {
  const decision = decideOptInRequest({ ...facts, whenNotAllowed }, nowMs);
  if (decision.kind === 'ask') {
    return { state: 'waiting', ruleId: null, facts: null, allowedAtMs: null, dueAtMs: nowMs };
  }
  return { ...objectionOf(decision, nowMs), state: decision.kind === 'wait' ? 'waiting' : 'refused' };
}

function answerOf({ state, ruleId, facts, allowedAtMs }: Verdict): Omit<RequestedOptIn, 'requestId' | 'owed'> {
  const allowedAt = isoOrNull(allowedAtMs);
  return {
    state,
    ...(ruleId !== null && { ruleId }),
    ...(facts !== null && { facts }),
    ...(allowedAt !== null && { allowedAt }),
  };
}

interface NewRequest {
  readonly requestId: string;
  readonly wish: OptInWish;
  readonly facts: AskableFacts;
  readonly verdict: Verdict;
  readonly nowMs: number;
}

async function insertRequest(manager: EntityManager, request: NewRequest): Promise<void> {
  const { wish, verdict } = request;
  const { topic } = request.facts;
  await rows(
    manager,
    `INSERT INTO opt_in_requests (id, workspace_id, page_id, subscriber_id, topic_id, title_key, image_url, kinds, state,
       when_not_allowed, rule_id, facts, allowed_at, due_at, expires_at, requested_at, automation_run_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      request.requestId,
      wish.workspaceId,
      wish.pageId,
      wish.subscriberId,
      wish.topicId,
      topic.titleKey,
      topic.imageUrl,
      topic.kinds,
      verdict.state,
      wish.whenNotAllowed,
      verdict.ruleId,
      verdict.facts === null ? null : JSON.stringify(verdict.facts),
      isoOrNull(verdict.allowedAtMs),
      isoOrNull(verdict.dueAtMs),
      isoOrNull(wish.expiresAtMs ?? null),
      isoOrNull(request.nowMs),
      wish.automationRunId ?? null,
    ],
  );
  await noteAwaitsInbound(manager, wish);
}

const requested = (wish: OptInWish, requestId: string): Parameters<typeof wake>[1] => ({
  workspaceId: wish.workspaceId,
  pageId: wish.pageId,
  ownerKind: 'subscriber',
  ownerId: wish.subscriberId,
  signal: optInRequestedSignal.name,
  args: { requestId },
});
