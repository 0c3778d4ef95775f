import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import type { OptInRequestState } from '../../domain/subscriber/opt-in-request';
import { lockPeople } from '../ledger/people';
import { readRequest } from '../opt-in/request-row';
import { requestOptIn } from '../opt-in/request-opt-in';
import { rows } from '../persistence/database';
import type { RunRow } from './run-row';
import type { StepOutcome } from './step-outcome';
import type { AskStep } from './steps';
import { patienceMs } from './steps';

const NEXT: StepOutcome = { kind: 'next' };
const STILL_OPEN: readonly OptInRequestState[] = ['waiting', 'sending', 'asked', 'unknown', 'opted_in'];

/**
 * Walks an `ask` step: over at once for somebody who has opted in to the topic, else one request, and then a wait until
 * they do. When its time is up the run ends; with `skip` what may not be asked is passed over.
 */
export async function walkAsk(
  manager: EntityManager,
  ids: SubscriberIds,
  run: RunRow,
  step: AskStep,
  nowMs: number,
): Promise<StepOutcome> {
  await lockPeople(manager, ids.workspaceId, [ids.subscriberId]);
  if (await isOptedIn(manager, ids, step.topicId)) return NEXT;
  if (!(await isTopicThere(manager, ids, step.topicId))) return { kind: 'end', state: 'failed', reason: 'topic_gone' };
  if (run.optInRequestId === null) return ask(manager, ids, run, step, nowMs);
  if (run.dueAtMs !== null && run.dueAtMs <= nowMs) return { kind: 'end', state: 'expired', reason: 'no_opt_in' };
  return (await isPassedOver(manager, ids, run.optInRequestId, step)) ? NEXT : { kind: 'wait', dueAtMs: run.dueAtMs };
}

async function ask(
  manager: EntityManager,
  ids: SubscriberIds,
  run: RunRow,
  step: AskStep,
  nowMs: number,
): Promise<StepOutcome> {
  const expiresAtMs = nowMs + patienceMs(step);
  const { state, requestId } = await requestOptIn(manager, {
    ...ids,
    topicId: step.topicId,
    whenNotAllowed: step.whenNotAllowed === 'skip' ? 'refuse' : 'wait',
    automationRunId: run.id,
    expiresAtMs,
  });
  if (state === 'refused' && step.whenNotAllowed === 'skip') return NEXT;
  return { kind: 'wait', dueAtMs: expiresAtMs, optInRequestId: requestId };
}

/** Whether Meta refused what a step with `skip` asked for. */
async function isPassedOver(
  manager: EntityManager,
  ids: SubscriberIds,
  requestId: string,
  { whenNotAllowed }: AskStep,
): Promise<boolean> {
  if (whenNotAllowed !== 'skip') return false;
  const request = await readRequest(manager, ids, requestId);
  return request === null || !STILL_OPEN.includes(request.state);
}

async function isOptedIn(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  topicId: string,
): Promise<boolean> {
  const topics = await rows(
    manager,
    `SELECT topic_id FROM subscriber_topics
      WHERE workspace_id = $1 AND subscriber_id = $2 AND topic_id = $3 AND ended_at IS NULL`,
    [workspaceId, subscriberId, topicId],
  );
  return topics.length > 0;
}

/** An automation may name Pages that its topic does not belong to, and a topic may go. */
async function isTopicThere(
  manager: EntityManager,
  { workspaceId, pageId }: SubscriberIds,
  topicId: string,
): Promise<boolean> {
  const topics = await rows(
    manager,
    'SELECT id FROM topics WHERE workspace_id = $1 AND page_id = $2 AND id = $3 AND deleted_at IS NULL',
    [workspaceId, pageId, topicId],
  );
  return topics.length > 0;
}
