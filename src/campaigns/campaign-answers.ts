import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import { campaignWorkflowId } from '../../workflows/shared/names';
import type { HeraldConfig } from '../config/env';
import { HERALD_CONFIG } from '../http/herald-config';
import { isoOf, present } from '../http/present';
import type { CampaignFigures } from '../ledger/campaign-figures';
import type { CampaignEntity, MessageSetEntity } from '../persistence/entities';
import { workflowUrl } from '../temporal/workflow-url';
import type { CampaignBeside } from './campaign-beside';
import { besideCampaigns } from './campaign-beside';
import { CampaignContents } from './campaign-contents';
import { etaOf } from './eta-of';
import { showCounts } from './show-counts';
import { priceOf } from './price-of';
import type { CampaignBudgetDto, CampaignDto, CampaignWaitDto } from './dto/campaign.dto';

/** Shows campaigns as the API does. */
@Injectable()
export class CampaignAnswers {
  constructor(
    private readonly contents: CampaignContents,
    @Inject(HERALD_CONFIG) private readonly config: HeraldConfig,
  ) {}

  /** @returns the campaigns in the order of their rows */
  async show(manager: EntityManager, campaigns: readonly CampaignEntity[]): Promise<CampaignDto[]> {
    const beside = await besideCampaigns(manager, campaigns);
    const messageIds = campaigns.flatMap(({ messageId }) => messageId ?? []);
    const contents = await this.contents.open(manager, messageIds);
    return campaigns.flatMap((campaign, index) => {
      const its = beside[index];
      return its === undefined ? [] : [this.one(campaign, its, contents.get(campaign.messageId ?? ''))];
    });
  }

  private one(campaign: CampaignEntity, beside: CampaignBeside, content: JsonObject | undefined): CampaignDto {
    const { set, figures } = beside;
    const price = priceOf(campaign, set);
    const workflowId = campaignWorkflowId(campaign.id);
    return present({
      id: campaign.id,
      pageId: campaign.pageId,
      metaPageId: beside.metaPageId,
      name: campaign.name,
      kind: campaign.kind,
      state: campaign.state,
      reason: campaign.reason,
      content,
      audience: set.audience,
      audienceMode: set.audienceMode,
      budget: showBudget(set, figures),
      schedule: present({ startAt: campaign.startAt.toISOString(), endAt: isoOf(campaign.endAt) }),
      bidMinor: set.bidMinor,
      ...price,
      whenSlotTaken: campaign.whenSlotTaken,
      whenBudgetUsedUp: campaign.whenBudgetUsedUp,
      counts: showCounts(figures.states, campaign.audienceSize),
      waitingFor: campaign.waitingFor as unknown as CampaignWaitDto | null,
      etaAt: etaOf(campaign, figures, { ...beside, unitCostMinor: price.unitCostMinor }),
      metaCampaignId: campaign.metaCampaignId,
      workflowId,
      temporalUrl: workflowUrl(this.config.temporal, workflowId),
      createdAt: campaign.createdAt.toISOString(),
      startedAt: isoOf(campaign.startedAt),
      finishedAt: isoOf(campaign.finishedAt),
    });
  }
}

const showBudget = (set: MessageSetEntity, { money }: CampaignFigures): CampaignBudgetDto =>
  present({
    type: set.budgetType,
    amountMinor: set.budgetMinor,
    currency: set.currency,
    reservedMinor: money.reservedMinor,
    spentMinor: money.spentMinor,
    remainingMinor: money.remainingMinor,
    metaSpendMinor: money.metaSpendMinor,
    overdrawn: money.overdrawn ? true : null,
  });
