import type { EntityManager } from 'typeorm';
import type { OptInAnswer, OptInRequestResult, SubscriberIds } from '../../activities/subscriber.ports';
import { WINDOW_MS } from '../../domain/rules/window-rules';
import { applyConsent } from '../../domain/subscriber/consent';
import type { Consent } from '../../domain/subscriber/consent';
import type { OptInRequestOutcome } from '../../domain/subscriber/settle-opt-in-request';
import { settleOptInRequest } from '../../domain/subscriber/settle-opt-in-request';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import type { RequestRow } from './request-row';
import { lookAgainAtMs, resultOf, writeRequest } from './request-row';

type Refused = Extract<OptInAnswer, { kind: 'refused' }>;

/** Takes nothing back: a request that was given up meanwhile keeps its state unless the answer says more. */
const OPEN = { sending: true, unknown: true } as const;

/**
 * Writes down what Meta answered to a request whose person is locked. A late answer to one that was given up is
 * evidence; one that an opt-in has overtaken stays opted in.
 */
export async function settleRequest(
  manager: EntityManager,
  ids: SubscriberIds,
  request: RequestRow,
  answer: OptInAnswer,
): Promise<OptInRequestResult> {
  if (!Object.hasOwn(OPEN, request.state)) return resultOf(request);
  const nowMs = await readNowMs(manager);
  const after = rowAfter(request, answer, nowMs);
  await writeRequest(manager, ids, after);
  if (after.state === 'asked') await noteAsked(manager, ids);
  if (after.ruleId === 'R-01') await closeWindow(manager, ids, request.askedAtMs ?? nowMs, nowMs);
  return resultOf(after);
}

function rowAfter(request: RequestRow, answer: OptInAnswer, nowMs: number): RequestRow {
  const done = { ...request, sendingSinceMs: null, dueAtMs: null };
  switch (answer.kind) {
    case 'asked':
      return { ...done, state: 'asked' };
    case 'unknown':
      return { ...done, state: 'unknown' };
    case 'not_sent':
      return { ...done, state: 'waiting', dueAtMs: nowMs, askedAtMs: null };
    case 'refused':
      return refusedRow(done, answer, settleOptInRequest(answer, nowMs), nowMs);
  }
}

/** Meta said no, so the person was not asked and nothing cools down. */
function refusedRow(request: RequestRow, answer: Refused, outcome: OptInRequestOutcome, nowMs: number): RequestRow {
  const errorCode = answer.subcode === null ? String(answer.code) : `${answer.code}/${answer.subcode}`;
  const notAsked = { ...request, errorCode, askedAtMs: null };
  switch (outcome.kind) {
    case 'unknown':
      return { ...request, errorCode, state: 'unknown' };
    case 'retry':
      return { ...notAsked, state: 'waiting', dueAtMs: nowMs + outcome.waitMs };
    case 'failed':
      return { ...notAsked, state: 'failed', ruleId: outcome.ruleId };
    case 'not_allowed':
      return notAllowedRow(notAsked, answer, outcome, nowMs);
  }
}

function notAllowedRow(
  request: RequestRow,
  { code, subcode }: Refused,
  { ruleId, waitMs }: Extract<OptInRequestOutcome, { kind: 'not_allowed' }>,
  nowMs: number,
): RequestRow {
  const allowedAtMs = waitMs === null ? null : nowMs + waitMs;
  const objection = { ruleId, facts: { saidBy: 'meta', code, subcode }, allowedAtMs };
  if (request.whenNotAllowed === 'refuse') return { ...request, ...objection, state: 'refused' };
  return { ...request, ...objection, state: 'waiting', dueAtMs: lookAgainAtMs(ruleId, allowedAtMs, nowMs) };
}

/** A question changes the register of somebody who never answered one. */
async function noteAsked(manager: EntityManager, { workspaceId, subscriberId }: SubscriberIds): Promise<void> {
  const [person] = await rows<{ consent: Consent }>(
    manager,
    'SELECT consent FROM subscribers WHERE workspace_id = $1 AND id = $2',
    [workspaceId, subscriberId],
  );
  if (person === undefined) return;
  const { register, applied } = applyConsent({ consent: person.consent, atMs: null }, { kind: 'asked', atMs: 0 });
  if (!applied) return;
  await rows(
    manager,
    'UPDATE subscribers SET consent = $3, rev = rev + 1, updated_at = now() WHERE workspace_id = $1 AND id = $2',
    [workspaceId, subscriberId, register.consent],
  );
}

/** Meta knows better than our record whether the window is open; an action that came after the question opens it anew. */
async function closeWindow(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  askedAtMs: number,
  nowMs: number,
): Promise<void> {
  await rows(
    manager,
    `UPDATE subscribers SET window_until = $3, updated_at = now()
      WHERE workspace_id = $1 AND id = $2 AND window_until > $3 AND window_until <= $4`,
    [workspaceId, subscriberId, new Date(nowMs), new Date(askedAtMs + WINDOW_MS)],
  );
}
