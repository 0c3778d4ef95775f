import type { GraphConnection } from '../graph-connection';
import type { GraphResult } from '../graph-result';
import { adAccountNode } from '../node-path';
import { asRecord, asText } from '../tolerant-json';

/** A budget at Meta, minor units of the ad account's currency. */
export interface CampaignBudget {
  readonly type: 'daily' | 'lifetime';
  readonly amountMinor: number;
}

export interface NewMessageCampaign {
  readonly adAccountId: string;
  readonly systemUserToken: string;
  readonly metaPageId: string;
  /** Carries our campaign id, by which a lost answer is found again. */
  readonly name: string;
  readonly budget: CampaignBudget;
  /** Leave it out to begin now; Meta refuses a start in the past and one more than 30 days ahead. */
  readonly startAtMs?: number | undefined;
  readonly endAtMs?: number | undefined;
  readonly bidMinor?: number | undefined;
  readonly pixelId?: string | undefined;
}

export interface CreatedMessageCampaign {
  readonly metaCampaignId: string;
  /** True when Meta added an `info` or a `warning`, for instance on a budget below its reference. */
  readonly hasNotice: boolean;
}

/** Creates campaign, set and message at Meta in one call (meta-api §6.1). A lost answer is `unknown`: look before another. */
export function createMessageCampaign(
  connection: GraphConnection,
  campaign: NewMessageCampaign,
): Promise<GraphResult<CreatedMessageCampaign>> {
  return connection.call(
    {
      method: 'POST',
      path: `${adAccountNode(campaign.adAccountId)}/message_campaign`,
      token: campaign.systemUserToken,
      body: {
        name: campaign.name,
        page_id: campaign.metaPageId,
        [`${campaign.budget.type}_budget`]: campaign.budget.amountMinor,
        start_time: wholeSeconds(campaign.startAtMs),
        end_time: wholeSeconds(campaign.endAtMs),
        bid_amount: campaign.bidMinor,
        pixel_id: campaign.pixelId,
      },
    },
    readCreated,
  );
}

/** Rounded up: a start must not fall before the moment it was meant for. */
export function wholeSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

function readCreated(answer: unknown): CreatedMessageCampaign | undefined {
  const fields = asRecord(answer);
  const metaCampaignId = asText(fields?.['id']) ?? asText(fields?.['message_id']);
  if (fields === undefined || metaCampaignId === undefined) return undefined;
  return { metaCampaignId, hasNotice: fields['info'] !== undefined || fields['warning'] !== undefined };
}
