import type { SendState } from '../../domain/delivery/send-transitions';
import { reachedAtLeast } from '../../domain/delivery/send-transitions';
import type { CampaignCountsDto } from './dto/campaign.dto';

/** Counts of a campaign: milestones count what reached them, all else what is in exactly that state. */
export function showCounts(states: ReadonlyMap<SendState, number>, audience: number): CampaignCountsDto {
  const exactly = (state: SendState) => states.get(state) ?? 0;
  const atLeast = (milestone: 'accepted' | 'delivered' | 'read' | 'clicked') =>
    [...states].reduce((sum, [state, count]) => sum + (reachedAtLeast(state, milestone) ? count : 0), 0);
  return {
    audience,
    queued: exactly('queued'),
    held: exactly('held'),
    claimed: exactly('claimed'),
    sending: exactly('sending'),
    sent: atLeast('accepted'),
    accepted: atLeast('accepted'),
    delivered: atLeast('delivered'),
    read: atLeast('read'),
    clicked: atLeast('clicked'),
    failed: exactly('failed'),
    refused: exactly('refused'),
    unknown: exactly('unknown'),
    assumed_sent: exactly('assumed_sent'),
    cancelled: exactly('cancelled'),
  };
}
