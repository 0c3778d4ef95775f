import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import type { Variables } from '../../domain/content/render-content';
import type { SendState } from '../../domain/delivery/send-transitions';
import type { ContentKeys } from '../ledger/campaign-content';
import { requestMessage } from '../ledger/request-message';
import { rows } from '../persistence/database';
import type { RunRow } from './run-row';
import type { StepOutcome } from './step-outcome';
import type { SendStep } from './steps';
import { laneOf } from './steps';

const UNDECIDED: readonly SendState[] = ['queued', 'held', 'claimed', 'sending'];

/**
 * Walks a `send` step: the message goes to the ledger once, and the step is over when the ledger has decided it, by a
 * send or a refusal. The ledger takes its own locks, so nothing is locked before it.
 */
export async function walkSend(
  manager: EntityManager,
  keys: ContentKeys,
  ids: SubscriberIds,
  run: RunRow,
  step: SendStep,
): Promise<StepOutcome> {
  if (run.sendId !== null) {
    const isOpen = await isUndecided(manager, ids, run.sendId);
    return isOpen ? { kind: 'wait', dueAtMs: null } : { kind: 'next' };
  }
  if (!(await isCampaignThere(manager, ids, step.campaignId))) {
    return { kind: 'end', state: 'failed', reason: 'campaign_gone' };
  }
  const { sendId, decision } = await requestMessage(manager, keys, {
    ...ids,
    campaignId: step.campaignId ?? null,
    content: step.content,
    variables: await orderVariables(manager, ids, run.orderEventId),
    purpose: step.purpose,
    lane: laneOf(step),
    allowPaid: step.allowPaid ?? false,
    whenSlotTaken: step.whenSlotTaken ?? 'hold',
    automationRunId: run.id,
  });
  return decision.kind === 'refuse' ? { kind: 'next' } : { kind: 'wait', dueAtMs: null, sendId };
}

async function isUndecided(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  sendId: string,
): Promise<boolean> {
  const [send] = await rows<{ state: SendState }>(
    manager,
    'SELECT state FROM sends WHERE workspace_id = $1 AND subscriber_id = $2 AND id = $3',
    [workspaceId, subscriberId, sendId],
  );
  return send !== undefined && UNDECIDED.includes(send.state);
}

/** What a content may say about the order: `{{order_id}}`, `{{order_status}}`, `{{order_source}}`. */
async function orderVariables(
  manager: EntityManager,
  { workspaceId }: SubscriberIds,
  orderEventId: string | null,
): Promise<Variables> {
  const [event] = await rows<{ order_id: string; status: string; source: string }>(
    manager,
    'SELECT order_id, status, source FROM order_events WHERE workspace_id = $1 AND id = $2',
    [workspaceId, orderEventId],
  );
  if (event === undefined) return {};
  return { order_id: event.order_id, order_status: event.status, order_source: event.source };
}

/** An automation may name Pages that its campaign does not belong to. */
async function isCampaignThere(
  manager: EntityManager,
  { workspaceId, pageId }: SubscriberIds,
  campaignId: string | undefined,
): Promise<boolean> {
  if (campaignId === undefined) return true;
  const campaigns = await rows(
    manager,
    'SELECT id FROM campaigns WHERE workspace_id = $1 AND page_id = $2 AND id = $3',
    [workspaceId, pageId, campaignId],
  );
  return campaigns.length > 0;
}
