import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import { Problem } from '../errors/problem';
import { present } from '../http/present';
import { LIFETIME } from '../ledger/money';
import { readNowMs } from '../persistence/clock';
import { CampaignBudgetEntity, CampaignEntity, MessageSetEntity, PageEntity } from '../persistence/entities';
import { uuidV7 } from '../security/uuid-v7';
import { CampaignContents } from './campaign-contents';
import { audienceErrors, budgetErrors, ownContentErrors, pageErrors, scheduleErrors } from './draft-errors';
import type { AudienceDto } from './dto/audience.dto';
import type { CreateCampaignRequestDto } from './dto/create-campaign-request.dto';

/** Makes campaigns; nothing of a draft stands at Meta. */
@Injectable()
export class CampaignDrafts {
  constructor(private readonly contents: CampaignContents) {}

  /**
   * @returns the id of the new campaign
   * @throws Problem 422 naming every wrong field
   */
  async create(manager: EntityManager, body: CreateCampaignRequestDto): Promise<string> {
    const page = await manager.findOneBy(PageEntity, { id: body.pageId, disconnectedAt: IsNull() });
    if (page === null) throw Problem.fields({ field: 'pageId', reason: 'is no connected Page' });
    await requireRight(manager, body, page);
    const campaign = { id: uuidV7(), workspaceId: page.workspaceId };
    await manager.insert(CampaignEntity, { ...campaign, ...columnsOf(body), pageId: page.id });
    await insertSet(manager, campaign, body);
    if (body.content !== undefined) {
      const messageId = await this.contents.store(manager, campaign, body.content);
      await manager.update(CampaignEntity, { id: campaign.id }, { messageId });
    }
    return campaign.id;
  }
}

async function requireRight(manager: EntityManager, body: CreateCampaignRequestDto, page: PageEntity): Promise<void> {
  const errors = [
    ...pageErrors(page),
    ...budgetErrors(body.budget, page),
    ...scheduleErrors(body.schedule, await readNowMs(manager)),
    ...ownContentErrors(body),
    ...(await audienceErrors(manager, body.audience, page)),
  ];
  if (errors.length > 0) throw Problem.fields(...errors);
}

const columnsOf = ({ name, kind, schedule, whenSlotTaken, whenBudgetUsedUp }: CreateCampaignRequestDto) => ({
  name,
  kind,
  startAt: new Date(schedule.startAt),
  endAt: schedule.endAt === undefined ? null : new Date(schedule.endAt),
  whenSlotTaken: whenSlotTaken ?? 'hold',
  whenBudgetUsedUp: whenBudgetUsedUp ?? 'refuse',
});

async function insertSet(
  manager: EntityManager,
  { id: campaignId, workspaceId }: { readonly id: string; readonly workspaceId: string },
  { budget, bidMinor, audience, audienceMode }: CreateCampaignRequestDto,
): Promise<void> {
  await manager.insert(MessageSetEntity, {
    id: uuidV7(),
    workspaceId,
    campaignId,
    budgetType: budget.type,
    budgetMinor: budget.amountMinor,
    currency: budget.currency,
    bidMinor: bidMinor ?? null,
    audience: audience === undefined ? null : plainAudience(audience),
    audienceMode: audienceMode ?? 'frozen',
  });
  await manager.insert(CampaignBudgetEntity, {
    campaignId,
    workspaceId,
    budgetDay: LIFETIME,
    budgetMinor: budget.amountMinor,
  });
}

/** The one form that was given; ids as Postgres writes them. */
function plainAudience({ all, topicId, source, subscriberIds }: AudienceDto): object {
  return present({ all, topicId, source, subscriberIds: subscriberIds?.map((id) => id.toLowerCase()) });
}
