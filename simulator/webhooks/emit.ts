import { chance } from '../model/chance';
import type { World } from '../model/world';
import type { WebhookDelivery } from './delivery';

export interface WebhookEvent {
  readonly pageId: string;
  /** The subscribed field that carries it. */
  readonly field: string;
  /** When it happened, business time. */
  readonly atMs: number;
  readonly list: 'messaging' | 'changes';
  readonly event: unknown;
}

/** The apps that are told of a field of a Page: subscribed to it, and reachable at all. */
function listenersOf(world: World, pageId: string, field: string): string[] {
  const page = world.pages.get(pageId);
  if (!page || !world.settingsOf(pageId).webhooks) return [];
  return Object.keys(page.subscribedFields).filter(
    (appId) => page.subscribedFields[appId]?.includes(field) && world.apps.get(appId)?.webhookUrl !== undefined,
  );
}

/** Tells every app that listens, with the delays and faults that are set. */
export function emit(world: World, event: WebhookEvent): void {
  const appIds = listenersOf(world, event.pageId, event.field);
  if (appIds.length === 0) return;
  const settings = world.settingsOf(event.pageId);
  const eventId = `e${world.ids.count('event')}`;
  for (const appId of appIds) {
    const falls = (what: string, share: number): boolean =>
      share > 0 && chance(world.seed, what, eventId, appId) < share;
    if (falls('loss', settings.webhookLossShare)) continue;
    const deliveries = [deliveryOf(world, event, eventId, appId)];
    if (falls('duplicate', settings.webhookDuplicateShare)) deliveries.push(deliveryOf(world, event, eventId, appId));
    const lateMs = falls('late', settings.webhookLateShare) ? settings.webhookLateMs : 0;
    postAt(world, event.atMs, settings.webhookDelayMs + lateMs, deliveries);
  }
}

function postAt(world: World, atMs: number, delayMs: number, deliveries: readonly WebhookDelivery[]): void {
  if (delayMs > 0) world.queue.plan(atMs + delayMs, { kind: 'post', deliveries });
  else for (const delivery of deliveries) world.poster.post(delivery);
}

function deliveryOf(world: World, event: WebhookEvent, eventId: string, appId: string): WebhookDelivery {
  const n = world.ids.count('delivery');
  const { pageId, field, atMs, list } = event;
  return { id: String(n), n, eventId, appId, pageId, field, atMs, list, event: event.event, attempts: 0 };
}
