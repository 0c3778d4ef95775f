import { Context } from '@temporalio/activity';
import type { BatchResult, CampaignBatches, CampaignIds } from './campaign.ports';
import type { SingleSend, SingleSending, SingleSendResult } from './sending.ports';

/** A worker that dies is noticed after the heartbeat's time-out, however long the batch is. */
const HEARTBEAT_MS = 1_000;

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
  drawBatch: (ids, atMost) => heartbeating(() => batches.draw(ids, atMost)),
  sendSingle: (send) => heartbeating(() => singles.sendSingle(send)),
});

/** Heartbeats from a timer while `work` runs, for a slice may take as long as its deadline. */
async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => {
    context.heartbeat();
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
