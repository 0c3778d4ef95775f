import type { EntityManager } from 'typeorm';
import type { SubscriberIds, SubscriberPlan, WaitingRun } from '../../../activities/subscriber.ports';
import type { SendState } from '../../../domain/delivery/send-transitions';
import type { OptInRequestState } from '../../../domain/subscriber/opt-in-request';
import { msOrNull } from '../../ledger/moments';
import { rows } from '../../persistence/database';

/** A message that somebody else is sending at this moment is looked at again after this long. */
const UNDER_WAY_MS = 60_000;

const SEND_WAITS: readonly SendState[] = ['queued', 'held'];
const SEND_UNDER_WAY: readonly SendState[] = ['claimed', 'sending'];
const REQUEST_OVER: readonly OptInRequestState[] = ['refused', 'failed', 'expired', 'cancelled'];

interface StoredRun {
  id: string;
  state: 'running' | 'waiting';
  due_at: Date | null;
  send_state: SendState | null;
  request_state: OptInRequestState | null;
  when_not_allowed: string | null;
  opted_in: boolean;
}

/** Reads the runs under way: which have a step to do now, and when the others look again. */
export async function loadRuns(
  manager: EntityManager,
  ids: SubscriberIds,
  nowMs: number,
): Promise<Pick<SubscriberPlan, 'runsDue' | 'runsWaiting'>> {
  const stored = await rows<StoredRun>(
    manager,
    `SELECT r.id, r.state, r.due_at, s.state AS send_state, q.state AS request_state, q.when_not_allowed,
            t.topic_id IS NOT NULL AS opted_in
       FROM automation_runs r
       LEFT JOIN opt_in_requests q ON q.id = r.opt_in_request_id AND q.workspace_id = r.workspace_id
       LEFT JOIN subscriber_topics t ON t.workspace_id = r.workspace_id AND t.subscriber_id = r.subscriber_id
             AND t.topic_id = q.topic_id AND t.ended_at IS NULL
       LEFT JOIN sends s ON s.workspace_id = r.workspace_id AND s.subscriber_id = r.subscriber_id AND s.id = r.send_id
      WHERE r.workspace_id = $1 AND r.subscriber_id = $2 AND r.state IN ('running', 'waiting')
      ORDER BY r.id`,
    [ids.workspaceId, ids.subscriberId],
  );
  const due = stored.filter((run) => isDue(run, nowMs));
  const waiting = stored.filter((run) => !due.includes(run));
  return { runsDue: due.map(({ id }) => id), runsWaiting: waiting.map((run) => toWaiting(run, nowMs)) };
}

function isDue(run: StoredRun, nowMs: number): boolean {
  if (run.state === 'running' || run.opted_in) return true;
  if (run.due_at !== null && run.due_at.getTime() <= nowMs) return true;
  return isSendDecided(run.send_state) || isSkipped(run);
}

function isSendDecided(state: SendState | null): boolean {
  return state !== null && !SEND_WAITS.includes(state) && !SEND_UNDER_WAY.includes(state);
}

/** A step that skips what is not allowed does not wait for its end. */
function isSkipped({ request_state: state, when_not_allowed: whenNotAllowed }: StoredRun): boolean {
  return state !== null && whenNotAllowed === 'refuse' && REQUEST_OVER.includes(state);
}

const toWaiting = (run: StoredRun, nowMs: number): WaitingRun => ({
  runId: run.id,
  dueAtMs:
    run.send_state !== null && SEND_UNDER_WAY.includes(run.send_state) ? nowMs + UNDER_WAY_MS : msOrNull(run.due_at),
});
