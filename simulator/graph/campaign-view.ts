import type { Campaign, ObjectStatus } from '../model/campaign';
import type { CampaignObject } from '../model/campaigns';
import { timeText } from './times';

type View = Record<string, unknown>;

/** A campaign's objects as the platform shows them: the message (ad) with its set and its campaign inside. */
export function campaignView(object: CampaignObject, campaign: Campaign, nowMs: number): View {
  const views: Record<CampaignObject, () => View> = {
    ad: () => adView(campaign, nowMs),
    adSet: () => adSetView(campaign),
    campaign: () => groupView(campaign),
  };
  return views[object]();
}

function adView(campaign: Campaign, nowMs: number): View {
  return {
    id: campaign.id,
    name: campaign.name,
    status: campaign.adStatus,
    effective_status: effectiveStatus(campaign, nowMs),
    created_time: timeText(campaign.createdMs),
    adset_id: campaign.adSetId,
    campaign_id: campaign.campaignId,
    campaign: groupView(campaign),
    adset: adSetView(campaign),
    creative: { id: campaign.creativeId, actor_id: campaign.pageId },
  };
}

function adSetView(campaign: Campaign): View {
  const { pixelId, pageId, endMs, bidAmount } = campaign;
  return {
    id: campaign.adSetId,
    name: campaign.name,
    status: campaign.adSetStatus,
    campaign_id: campaign.campaignId,
    daily_budget: String(campaign.dailyBudget ?? 0),
    lifetime_budget: String(campaign.lifetimeBudget ?? 0),
    ...(bidAmount !== undefined && { bid_amount: bidAmount }),
    start_time: timeText(campaign.startMs),
    ...(endMs !== undefined && { end_time: timeText(endMs) }),
    promoted_object: { page_id: pageId, ...(pixelId !== undefined && { pixel_id: pixelId }) },
  };
}

function groupView(campaign: Campaign): View {
  return {
    id: campaign.campaignId,
    name: campaign.name,
    status: campaign.status,
    objective: 'OUTCOME_TRAFFIC',
    is_message_campaign: true,
    is_direct_send_campaign: true,
  };
}

/** What keeps the message from being delivered; IN_PROCESS until the campaign is ready. */
export function effectiveStatus(campaign: Campaign, nowMs: number): string {
  const statuses: readonly ObjectStatus[] = [campaign.adStatus, campaign.adSetStatus, campaign.status];
  if (statuses.includes('DELETED')) return 'DELETED';
  if (statuses.includes('ARCHIVED')) return 'ARCHIVED';
  if (campaign.adStatus === 'PAUSED') return 'PAUSED';
  if (campaign.adSetStatus === 'PAUSED') return 'ADSET_PAUSED';
  if (campaign.status === 'PAUSED') return 'CAMPAIGN_PAUSED';
  return nowMs < campaign.readyMs ? 'IN_PROCESS' : 'ACTIVE';
}
