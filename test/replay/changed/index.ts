import { sleep } from '@temporalio/workflow';
import type { CampaignInput } from '../../../workflows/campaign/campaign.contract';
import { campaignWorkflow as presentCampaign } from '../../../workflows/campaign/campaign.workflow';
import type { SubscriberInput } from '../../../workflows/subscriber/subscriber.contract';
import { subscriberWorkflow as presentSubscriber } from '../../../workflows/subscriber/subscriber.workflow';

/** A change that no saved history allows: a timer before everything else. */
export async function subscriberWorkflow(input: SubscriberInput): Promise<void> {
  await sleep('1 second');
  await presentSubscriber(input);
}

/** The same change. */
export async function campaignWorkflow(input: CampaignInput): Promise<void> {
  await sleep('1 second');
  await presentCampaign(input);
}
