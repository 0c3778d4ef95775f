import type { EntityManager } from 'typeorm';
import type { OptInRequestResult, SubscriberIds } from '../../activities/subscriber.ports';
import type { RuleId } from '../../domain/rules/rule';
import type { DecisionFacts } from '../../domain/shared/facts';
import type { OptInRequestDecision, OptInRequestState } from '../../domain/subscriber/opt-in-request';
import { isoOrNull, msOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';

/** An opt-in request as the program holds it; times in milliseconds (UTC). */
export interface RequestRow {
  readonly id: string;
  readonly topicId: string;
  readonly state: OptInRequestState;
  readonly whenNotAllowed: 'refuse' | 'wait';
  readonly ruleId: RuleId | null;
  readonly facts: DecisionFacts | null;
  readonly allowedAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly askedAtMs: number | null;
  /** Wall clock. */
  readonly sendingSinceMs: number | null;
  readonly errorCode: string | null;
}

interface StoredRequest {
  id: string;
  topic_id: string;
  state: OptInRequestState;
  when_not_allowed: 'refuse' | 'wait';
  rule_id: RuleId | null;
  facts: DecisionFacts | null;
  allowed_at: Date | null;
  due_at: Date | null;
  expires_at: Date | null;
  asked_at: Date | null;
  sending_since: Date | null;
  error_code: string | null;
}

/** Reads a request of a person whose row is locked. @returns null when there is none */
export async function readRequest(
  manager: EntityManager,
  ids: SubscriberIds,
  requestId: string,
): Promise<RequestRow | null> {
  const [stored] = await rows<StoredRequest>(
    manager,
    `SELECT id, topic_id, state, when_not_allowed, rule_id, facts, allowed_at, due_at, expires_at, asked_at,
            sending_since, error_code
       FROM opt_in_requests WHERE workspace_id = $1 AND subscriber_id = $2 AND id = $3`,
    [ids.workspaceId, ids.subscriberId, requestId],
  );
  return stored === undefined ? null : toRow(stored);
}

const toRow = (stored: StoredRequest): RequestRow => ({
  id: stored.id,
  topicId: stored.topic_id,
  state: stored.state,
  whenNotAllowed: stored.when_not_allowed,
  ruleId: stored.rule_id,
  facts: stored.facts,
  allowedAtMs: msOrNull(stored.allowed_at),
  dueAtMs: msOrNull(stored.due_at),
  expiresAtMs: msOrNull(stored.expires_at),
  askedAtMs: msOrNull(stored.asked_at),
  sendingSinceMs: msOrNull(stored.sending_since),
  errorCode: stored.error_code,
});

/** Writes a request that was read under the same lock, and with it whether the person's next action is waited for. */
export async function writeRequest(manager: EntityManager, ids: SubscriberIds, row: RequestRow): Promise<void> {
  await rows(
    manager,
    `UPDATE opt_in_requests
        SET state = $4, rule_id = $5, facts = $6, allowed_at = $7, due_at = $8, asked_at = $9, sending_since = $10,
            error_code = $11, updated_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND id = $3`,
    [
      ids.workspaceId,
      ids.subscriberId,
      row.id,
      row.state,
      row.ruleId,
      row.facts === null ? null : JSON.stringify(row.facts),
      isoOrNull(row.allowedAtMs),
      isoOrNull(row.dueAtMs),
      isoOrNull(row.askedAtMs),
      isoOrNull(row.sendingSinceMs),
      row.errorCode,
    ],
  );
  await noteAwaitsInbound(manager, ids);
}

/** A request without a moment waits for the person's next action: whoever applies one wakes the workflow by this flag. */
export async function noteAwaitsInbound(manager: EntityManager, ids: SubscriberIds): Promise<void> {
  await rows(
    manager,
    `UPDATE subscribers s SET awaits_inbound = w.waits
       FROM (SELECT EXISTS (SELECT FROM opt_in_requests WHERE workspace_id = $1 AND subscriber_id = $2
                             AND state = 'waiting' AND due_at IS NULL) AS waits) w
      WHERE s.workspace_id = $1 AND s.id = $2 AND s.awaits_inbound <> w.waits`,
    [ids.workspaceId, ids.subscriberId],
  );
}

/** An objection of no known end is asked about again after this long. */
const ASK_RULES_AGAIN_MS = 60 * 60 * 1_000;

/** What the rules say against a request, as its row keeps it. */
export function objectionOf(
  decision: Exclude<OptInRequestDecision, { kind: 'ask' }>,
  nowMs: number,
): Pick<RequestRow, 'state' | 'ruleId' | 'facts' | 'allowedAtMs' | 'dueAtMs'> {
  const { kind, ruleId, facts, allowedAtMs } = decision;
  const waits = kind === 'wait';
  return {
    state: waits ? 'waiting' : 'refused',
    ruleId,
    facts,
    allowedAtMs,
    dueAtMs: waits ? lookAgainAtMs(ruleId, allowedAtMs, nowMs) : null,
  };
}

/** The window is opened by the person, so R-01 has no moment. */
export const lookAgainAtMs = (ruleId: RuleId, allowedAtMs: number | null, nowMs: number): number | null =>
  ruleId === 'R-01' ? null : (allowedAtMs ?? nowMs + ASK_RULES_AGAIN_MS);

/** What stands in the row, for whoever asks. */
export const resultOf = ({ state, ruleId }: Pick<RequestRow, 'state' | 'ruleId'>): OptInRequestResult => ({
  state,
  ...(ruleId !== null && { ruleId }),
});
