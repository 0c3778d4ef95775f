import type { EntityManager } from 'typeorm';
import type { SubscriberIds, SubscriberPlan, WaitingRequest } from '../../../activities/subscriber.ports';
import { OPT_IN_COOLDOWN_MS } from '../../../domain/rules/opt-in-rules';
import type { OptInRequestState } from '../../../domain/subscriber/opt-in-request';
import { countsAsAsked } from '../../../domain/subscriber/opt-in-request';
import { isWindowOpen } from '../../../domain/subscriber/window';
import { msOrNull } from '../../ledger/moments';
import { rows } from '../../persistence/database';

/** The requests of a person, as far as something is to be done about them. */
export type PlannedRequests = Pick<SubscriberPlan, 'requestsDue' | 'requestsWaiting' | 'coolDowns'>;

interface StoredRequest {
  id: string;
  title: string;
  state: OptInRequestState;
  rule_id: string | null;
  due_at: Date | null;
  expires_at: Date | null;
  asked_at: Date | null;
}

/** Reads the requests that wait, are under way, or keep their title cooling down. */
export async function loadRequests(
  manager: EntityManager,
  ids: SubscriberIds,
  moment: { readonly nowMs: number; readonly windowUntilMs: number | null },
): Promise<PlannedRequests> {
  const stored = await rows<StoredRequest>(
    manager,
    `SELECT r.id, t.title, r.state, r.rule_id, r.due_at, r.expires_at, r.asked_at
       FROM opt_in_requests r JOIN topics t ON t.id = r.topic_id AND t.workspace_id = r.workspace_id
      WHERE r.workspace_id = $1 AND r.subscriber_id = $2
        AND (r.state IN ('waiting', 'sending') OR r.asked_at > $3)
      ORDER BY r.id`,
    [ids.workspaceId, ids.subscriberId, new Date(moment.nowMs - OPT_IN_COOLDOWN_MS)],
  );
  const waiting = stored.filter(({ state }) => state === 'waiting').map(toWaiting);
  const due = waiting.filter((request) => isDue(request, moment));
  const underWay = stored.filter(({ state }) => state === 'sending').map(({ id }) => id);
  return {
    requestsDue: [...underWay, ...due.map(({ requestId }) => requestId)],
    requestsWaiting: waiting.filter((request) => !due.includes(request)),
    coolDowns: stored.flatMap(toCoolDown),
  };
}

const toWaiting = (stored: StoredRequest): WaitingRequest => ({
  requestId: stored.id,
  title: stored.title,
  dueAtMs: msOrNull(stored.due_at),
  expiresAtMs: msOrNull(stored.expires_at),
  ruleId: stored.rule_id,
});

/** Due by its moment or its end; without a moment it waits for the window. */
function isDue(
  { dueAtMs, expiresAtMs }: WaitingRequest,
  { nowMs, windowUntilMs }: { readonly nowMs: number; readonly windowUntilMs: number | null },
): boolean {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return true;
  return dueAtMs === null ? isWindowOpen(windowUntilMs, nowMs) : dueAtMs <= nowMs;
}

const toCoolDown = ({ id, title, state, asked_at }: StoredRequest): PlannedRequests['coolDowns'] =>
  asked_at !== null && countsAsAsked(state)
    ? [{ requestId: id, title, untilMs: asked_at.getTime() + OPT_IN_COOLDOWN_MS }]
    : [];
