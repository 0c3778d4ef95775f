import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import { isoTimeOrNull } from '../../domain/shared/iso-time';
import { closedProblem, isTaking } from '../campaigns/closed-problem';
import { Problem } from '../errors/problem';
import type { RequestKey } from '../http/current-key';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { requireContent } from '../input/require-content';
import type { ContentKeys } from '../ledger/campaign-content';
import { findSend } from '../ledger/read-ledger';
import type { RequestedMessage } from '../ledger/request-message';
import { requestMessage } from '../ledger/request-message';
import { Waker } from '../outbox/waker';
import { readNowMs } from '../persistence/clock';
import { CampaignEntity, SubscriberEntity } from '../persistence/entities';
import { Envelope } from '../security/envelope';
import { LookupHash } from '../security/lookup-hash';
import type { CreateMessageRequestDto } from './dto/create-message-request.dto';
import type { MessageDto } from './dto/message.dto';
import { showMessage } from './show-message';

/** Messages to one person. */
@Injectable()
export class MessagesService {
  private readonly keys: ContentKeys;

  constructor(
    private readonly tenant: Tenant,
    private readonly waker: Waker,
    envelope: Envelope,
    lookupHash: LookupHash,
  ) {
    this.keys = { envelope, lookupHash };
  }

  /**
   * Decides and records a message; a refused one too.
   *
   * @throws Problem 422 with rule, facts and moment when it is refused
   */
  async create({ workspaceId }: RequestKey, body: CreateMessageRequestDto): Promise<MessageDto> {
    requireLane(body);
    const { message, decision } = await this.tenant.transaction(workspaceId, async (manager) => {
      const requested = await this.request(manager, workspaceId, body);
      RequestContext.afterCommit(() => this.waker.deliver(requested.owed));
      return { message: await shown(manager, requested.sendId), decision: requested.decision };
    });
    if (decision.kind !== 'refuse') return message;
    const allowedAt = isoTimeOrNull(decision.allowedAtMs) ?? undefined;
    const { id, state } = message;
    throw new Problem('RULE.REFUSED', { id, state, ruleId: decision.ruleId, facts: decision.facts, allowedAt });
  }

  read({ workspaceId }: RequestKey, id: string): Promise<MessageDto> {
    return this.tenant.read(workspaceId, (manager) => shown(manager, id));
  }

  private async request(
    manager: EntityManager,
    workspaceId: string,
    body: CreateMessageRequestDto,
  ): Promise<RequestedMessage> {
    const person = await manager.findOneBy(SubscriberEntity, { id: body.subscriberId });
    if (person === null) throw Problem.fields({ field: 'subscriberId', reason: 'is nobody here' });
    const campaign = await campaignOf(manager, body, person);
    const requested = await requestMessage(manager, this.keys, {
      workspaceId,
      pageId: person.pageId,
      subscriberId: person.id,
      campaignId: campaign?.id ?? null,
      content: body.content as JsonObject,
      purpose: body.purpose,
      lane: laneOf(body),
      allowPaid: body.allowPaid ?? false,
      whenSlotTaken: body.whenSlotTaken ?? 'hold',
    });
    if (requested.lane === 'paid' && campaign !== null) await requireTaking(manager, campaign);
    return requested;
  }
}

/** A message that names a campaign means the paid lane unless it says otherwise. */
const laneOf = ({ lane, campaignId }: CreateMessageRequestDto): 'auto' | 'window' | 'paid' =>
  lane ?? (campaignId === undefined ? 'auto' : 'paid');

/** @throws Problem 422 where the lane cannot be what the body asks for, whoever the person is */
function requireLane(body: CreateMessageRequestDto): void {
  const { campaignId, allowPaid, content } = body;
  const lane = laneOf(body);
  if (lane === 'paid' && campaignId === undefined) {
    throw Problem.fields({ field: 'campaignId', reason: 'is needed for lane paid: a campaign pays' });
  }
  const mayBePaid = lane === 'paid' || (lane !== 'window' && allowPaid === true);
  requireContent(content, mayBePaid ? 'paid' : 'window', 'content');
}

async function campaignOf(
  manager: EntityManager,
  { campaignId }: CreateMessageRequestDto,
  { pageId }: SubscriberEntity,
): Promise<CampaignEntity | null> {
  if (campaignId === undefined) return null;
  const campaign = await manager.findOneBy(CampaignEntity, { id: campaignId, pageId, hidden: false });
  if (campaign !== null) return campaign;
  throw Problem.fields({ field: 'campaignId', reason: "is no campaign of the person's Page" });
}

/** A campaign that takes nobody undoes what was recorded: this is no refusal of the person. */
async function requireTaking(manager: EntityManager, campaign: CampaignEntity): Promise<void> {
  const nowMs = await readNowMs(manager);
  const openness = { ...campaign, endAtMs: campaign.endAt?.getTime() ?? null };
  if (!isTaking(openness, nowMs)) throw closedProblem(openness, nowMs);
}

async function shown(manager: EntityManager, id: string): Promise<MessageDto> {
  const send = await findSend(manager, id);
  const campaign = send && (await manager.findOneBy(CampaignEntity, { id: send.campaignId }));
  if (send === null || campaign === null) throw new Problem('NOT_FOUND');
  return showMessage(send, !campaign.hidden);
}
