import type { Person } from '../model/person';
import type { Send } from '../model/send';
import type { World } from '../model/world';
import { chance } from '../model/chance';
import { emit, listenersOf } from './emit';

type MarketingField =
  | 'marketing_message_echoes'
  | 'marketing_message_deliveries'
  | 'marketing_message_reads'
  | 'marketing_message_clicks'
  | 'marketing_message_delivery_failed';

/** Which of the optional members each kind of event has; Meta's table, blanks included. */
const MEMBERS: Record<MarketingField, { field: boolean; appId: boolean; mid: boolean; trackingId: boolean }> = {
  marketing_message_echoes: { field: true, appId: true, mid: true, trackingId: true },
  marketing_message_deliveries: { field: true, appId: true, mid: true, trackingId: true },
  marketing_message_reads: { field: true, appId: true, mid: false, trackingId: true },
  marketing_message_clicks: { field: true, appId: false, mid: true, trackingId: false },
  marketing_message_delivery_failed: { field: false, appId: true, mid: false, trackingId: false },
};

/** Tells the apps how a paid message fares. */
export function emitMarketing(world: World, field: MarketingField, send: Send, person: Person, atMs: number): void {
  if (listenersOf(world, send.pageId, field).length === 0) return;
  const settings = world.settingsOf(send.pageId);
  const has = MEMBERS[field];
  const value = {
    ...(has.field && { field }),
    ...(field === 'marketing_message_delivery_failed' ? failure(world, send) : recipient(world, person)),
    page_id: send.pageId,
    ...(has.appId && send.appId !== undefined && { app_id: send.appId }),
    timestamp: settings.timestamps === 's' ? Math.floor(atMs / 1_000) : atMs,
    ...(has.mid && !isFromList(person) && { mid: send.mid }),
    ...(has.trackingId && { marketing_message_tracking_id: send.id }),
    messenger_subscription_token: person.token,
    message_id: send.campaignId,
  };
  const event = isFlat(world, send, field) ? value : { field, value };
  emit(world, { pageId: send.pageId, field, atMs, list: 'changes', event });
}

function recipient(world: World, person: Person): Record<string, unknown> {
  if (!isFromList(person)) return { recipient_id: person.psid };
  return world.settingsOf(person.pageId).listRecipientId === 'null' ? { recipient_id: null } : {};
}

function failure(world: World, send: Send): Record<string, unknown> {
  const businessId = world.pages.get(send.pageId)?.businessId;
  return { business_id: businessId, error_message: 'This person is not available right now.' };
}

/** People from a contact list are not named by their PSID. */
function isFromList(person: Person): boolean {
  return person.subscription?.source === 'SUBSCRIBER_LIST';
}

function isFlat(world: World, send: Send, field: string): boolean {
  const { envelope } = world.settingsOf(send.pageId);
  return envelope === 'flat' || (envelope === 'mixed' && chance(world.seed, 'envelope', send.id, field) < 0.5);
}
