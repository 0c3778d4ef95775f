import type { EntityManager } from 'typeorm';
import { earliestProbeMs } from '../../domain/campaign/readiness';
import type { JsonObject } from '../../domain/content/json';
import type { Variables } from '../../domain/content/render-content';
import { contentProblem, renderContent } from '../../domain/content/render-content';
import { chooseLane } from '../../domain/delivery/choose-lane';
import type { SendDecision } from '../../domain/delivery/send-decision';
import type { OwedWake } from '../outbox/wake';
import { wake } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { ContentKeys } from './campaign-content';
import { storeOwnContent } from './campaign-content';
import type { CampaignRecord } from './campaign-record';
import { shareCampaign } from './campaign-record';
import { decide } from './decide';
import { isoOrNull } from './moments';
import { readBudget, remainingMinor } from './money';
import type { PersonRecord } from './people';
import { loadPeople, lockPeople } from './people';
import { messageRequestedSignal } from '../../workflows/subscriber/subscriber.contract';

/** One message to one person. */
export interface MessageRequest {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
  /** The `direct` campaign whose budget pays; null for a message outside any campaign. */
  readonly campaignId: string | null;
  readonly content: JsonObject;
  readonly variables?: Variables;
  readonly purpose: string;
  readonly lane: 'auto' | 'window' | 'paid';
  readonly allowPaid: boolean;
  readonly whenSlotTaken: 'hold' | 'refuse';
  readonly automationRunId?: string;
}

/** What was recorded. */
export interface RequestedMessage {
  readonly sendId: string;
  readonly campaignId: string;
  readonly lane: 'window' | 'paid';
  readonly decision: SendDecision;
  readonly owed: readonly OwedWake[];
}

/**
 * Decides a single message under the person's lock and records it, refused ones too; the subscriber's own workflow
 * sends it.
 */
export async function requestMessage(
  manager: EntityManager,
  keys: ContentKeys,
  request: MessageRequest,
): Promise<RequestedMessage> {
  const nowMs = await readNowMs(manager);
  const own =
    request.campaignId === null ? null : await shareCampaign(manager, request.workspaceId, request.campaignId);
  const hidden = await shareHidden(manager, request);
  await lockPeople(manager, request.workspaceId, [request.subscriberId]);
  const person = (await loadPeople(manager, request.workspaceId, [request.subscriberId])).get(request.subscriberId);
  if (person === undefined) throw new Error(`Subscriber ${request.subscriberId} is not there.`);
  const lane = laneOf(request, own, person, nowMs);
  const campaign = lane === 'paid' ? own : hidden;
  if (campaign === null)
    throw new Error(`Message of subscriber ${request.subscriberId} has no campaign for lane ${lane}.`);
  const decision = await decideOne(manager, campaign, person, request, lane, nowMs);
  const sendId = await record(manager, keys, campaign, request, lane, decision, nowMs);
  const owed = decision.kind === 'refuse' ? [] : [await wake(manager, requested(request, campaign.id, sendId))];
  return { sendId, campaignId: campaign.id, lane, decision, owed };
}

async function shareHidden(manager: EntityManager, request: MessageRequest): Promise<CampaignRecord | null> {
  const [page] = await rows<{ id: string | null }>(
    manager,
    'SELECT hidden_campaign_id AS id FROM pages WHERE workspace_id = $1 AND id = $2',
    [request.workspaceId, request.pageId],
  );
  return page?.id == null ? null : shareCampaign(manager, request.workspaceId, page.id);
}

/** The lanes a message of one person may take here. */
function laneOf(
  { lane, allowPaid }: MessageRequest,
  campaign: CampaignRecord | null,
  person: PersonRecord,
  nowMs: number,
): 'window' | 'paid' {
  const chosen = chooseLane({ lane, allowPaid: allowPaid && campaign !== null }, person.windowUntilMs, nowMs);
  return chosen === 'paid' ? 'paid' : 'window';
}

async function decideOne(
  manager: EntityManager,
  campaign: CampaignRecord,
  person: PersonRecord,
  request: MessageRequest,
  lane: 'window' | 'paid',
  nowMs: number,
): Promise<SendDecision> {
  const counters = lane === 'paid' ? await readBudget(manager, campaign.workspaceId, campaign.id) : null;
  const choice = {
    lane,
    purpose: request.purpose,
    contentProblem: contentProblem(renderContent(request.content, request.variables ?? {}, lane)),
    whenSlotTaken: request.whenSlotTaken,
    remainingMinor: counters === null ? null : remainingMinor(counters),
    readyAtMs: campaign.state === 'populating' ? await readyAtMs(manager, campaign) : null,
  };
  return decide(campaign, person, choice, nowMs);
}

/** R-13's floor of a campaign that Meta does not send for yet. */
async function readyAtMs(manager: EntityManager, campaign: CampaignRecord): Promise<number | null> {
  const [made] = await rows<{ meta_created_at: Date | null }>(
    manager,
    'SELECT meta_created_at FROM campaigns WHERE workspace_id = $1 AND id = $2',
    [campaign.workspaceId, campaign.id],
  );
  const createdAtMs = made?.meta_created_at?.getTime() ?? null;
  if (createdAtMs === null) return null;
  return earliestProbeMs({ createdAtMs, activatedAtMs: createdAtMs, startAtMs: campaign.startAtMs });
}

const requested = (request: MessageRequest, campaignId: string, sendId: string): Parameters<typeof wake>[1] => ({
  workspaceId: request.workspaceId,
  pageId: request.pageId,
  ownerKind: 'subscriber',
  ownerId: request.subscriberId,
  signal: messageRequestedSignal.name,
  args: { sendId, campaignId },
});

const INSERT = `
WITH history AS (
  INSERT INTO send_states (workspace_id, campaign_id, send_id, state, rule_id, detail, at)
  VALUES ($1, $3, $4, $9, $10, 'requested', $15)
)
INSERT INTO sends (workspace_id, page_id, campaign_id, id, subscriber_id, campaign_message_id, lane, purpose, state,
  rule_id, facts, allowed_at, due_at, when_slot_taken, variables_sealed, automation_run_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16, $17)`;

async function record(
  manager: EntityManager,
  keys: ContentKeys,
  campaign: CampaignRecord,
  request: MessageRequest,
  lane: 'window' | 'paid',
  decision: SendDecision,
  nowMs: number,
): Promise<string> {
  const id = uuidV7();
  const scope = { workspaceId: request.workspaceId, campaignId: campaign.id };
  const messageId = await storeOwnContent(manager, keys, scope, request.content);
  const objection = decision.kind === 'send' ? null : decision;
  const allowedAt = objection === null ? null : isoOrNull(objection.allowedAtMs);
  await rows(manager, INSERT, [
    request.workspaceId,
    request.pageId,
    campaign.id,
    id,
    request.subscriberId,
    messageId,
    lane,
    request.purpose,
    stateOf(decision),
    objection?.ruleId ?? null,
    objection === null ? null : JSON.stringify(objection.facts),
    allowedAt,
    decision.kind === 'hold' && decision.waitsFor === 'moment' ? isoOrNull(decision.dueAtMs) : null,
    request.whenSlotTaken,
    new Date(nowMs),
    sealedVariables(keys, id, request.variables),
    request.automationRunId ?? null,
  ]);
  return id;
}

/** What Page or campaign must bring first stays queued; what waits for a moment or for money is held. */
function stateOf(decision: SendDecision): 'queued' | 'held' | 'refused' {
  switch (decision.kind) {
    case 'send':
      return 'queued';
    case 'refuse':
      return 'refused';
    case 'hold':
      return decision.waitsFor === 'moment' || decision.waitsFor === 'money' ? 'held' : 'queued';
  }
}

const sealedVariables = (keys: ContentKeys, sendId: string, variables: Variables | undefined): Buffer | null =>
  variables === undefined || Object.keys(variables).length === 0
    ? null
    : keys.envelope.seal(JSON.stringify(variables), `sends.variables:${sendId}`);
