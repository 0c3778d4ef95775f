import { isoOf, present } from '../http/present';
import type { SendEntity } from '../persistence/entities';
import type { MessageDto } from './dto/message.dto';
import type { RecipientDto } from './dto/recipient.dto';

/** A row of the ledger as the API shows it. */
export const showRecipient = (send: SendEntity): RecipientDto =>
  present({
    id: send.id,
    subscriberId: send.subscriberId,
    messageId: send.campaignMessageId,
    state: send.state,
    ruleId: send.ruleId,
    facts: send.facts,
    allowedAt: isoOf(send.allowedAt),
    reason: send.reason,
    trackingId: send.trackingId,
    claimedAt: isoOf(send.claimedAt),
    acceptedAt: isoOf(send.acceptedAt),
    deliveredAt: isoOf(send.deliveredAt),
    readAt: isoOf(send.readAt),
    clickedAt: isoOf(send.clickedAt),
  });

/** The same with the lane and, where one pays, the campaign. */
export const showMessage = (send: SendEntity, belongsToCampaign: boolean): MessageDto => ({
  ...showRecipient(send),
  lane: send.lane,
  ...(belongsToCampaign && { campaignId: send.campaignId }),
});
