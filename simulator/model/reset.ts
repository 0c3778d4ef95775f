import type { SimEvent } from '../clock/event';
import type { ProfileName } from './settings';
import type { World } from './world';

export interface ResetOrder {
  readonly profile?: ProfileName;
  /** Empties these Pages only and leaves all else, the clock too, as it is. */
  readonly pageIds?: readonly string[];
}

/** Empties the world. Apps, Pages and their tokens stay, so that whoever is connected stays connected. */
export function resetWorld(world: World, order: ResetOrder): void {
  for (const pageId of order.pageIds ?? [...world.pages.values()].map(({ id }) => id)) emptyPage(world, pageId);
  if (order.pageIds) return;
  world.settings.clear();
  world.attempts.clear();
  world.requests.clear();
  world.refusals.clear();
  world.useProfile(order.profile ?? world.profile);
  if (!world.clock.driven) world.clock.run(Date.now(), Date.now(), false);
}

function emptyPage(world: World, pageId: string): void {
  for (const delivery of world.deliveries.values()) {
    if (delivery.pageId === pageId) world.deliveries.delete(delivery.id);
  }
  world.removeEvents((event) => concernsPage(world, event, pageId));
  for (const audience of world.audiences.values()) {
    if (audience.pageId === pageId) world.audiences.delete(audience.id);
  }
  world.people.removeOfPage(pageId);
  world.campaigns.removeOfPage(pageId);
  world.sends.removeOfPage(pageId);
  world.settings.removeOfPage(pageId);
}

function concernsPage(world: World, event: SimEvent, pageId: string): boolean {
  if (event.kind === 'post') return event.deliveries.some((delivery) => delivery.pageId === pageId);
  if ('sendId' in event) return world.sends.get(event.sendId)?.pageId === pageId;
  return world.people.get(event.personId)?.pageId === pageId;
}
