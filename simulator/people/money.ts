import type { Send } from '../model/send';
import type { World } from '../model/world';

/** Turns the reservation of an accepted message into spend. */
export function book(world: World, send: Send): void {
  const campaign = world.campaigns.get(send.campaignId ?? '');
  if (!campaign) return;
  campaign.reservedMinor -= send.costMinor;
  campaign.spentMinor += send.costMinor;
  world.campaigns.put(campaign);
}

/** Gives back what a message that failed had reserved, to the day it was taken from too. */
export function release(world: World, send: Send): void {
  const campaign = world.campaigns.get(send.campaignId ?? '');
  if (!campaign) return;
  campaign.reservedMinor -= send.costMinor;
  const ofDay = campaign.days[send.day ?? ''];
  if (send.day !== undefined && ofDay !== undefined) campaign.days[send.day] = ofDay - send.costMinor;
  world.campaigns.put(campaign);
}
