import type { BatchResult, CampaignBatches, CampaignIds } from './campaign.ports';
import type { SingleSend, SingleSending, SingleSendResult } from './sending.ports';

/** What runs on the queue `send`. */
export interface SendingActivities {
  drawBatch(ids: CampaignIds, atMost: number): Promise<BatchResult>;
  sendSingle(send: SingleSend): Promise<SingleSendResult>;
}

/** The sending activities over their ports. */
export const createSendingActivities = (
  batches: Pick<CampaignBatches, 'draw'>,
  singles: SingleSending,
): SendingActivities => ({
  drawBatch: (ids, atMost) => batches.draw(ids, atMost),
  sendSingle: (send) => singles.sendSingle(send),
});
