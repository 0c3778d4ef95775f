import type { Person } from '../model/person';
import type { Send } from '../model/send';
import type { World } from '../model/world';
import { chance } from '../model/chance';
import { emit } from './emit';

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

/** Tells the apps how a paid message fares. One literal for every kind of event: what is undefined is not written. */
export function emitMarketing(world: World, field: MarketingField, send: Send, person: Person, atMs: number): void {
  const { timestamps } = world.settingsOf(send.pageId);
  const has = MEMBERS[field];
  const isFailure = field === 'marketing_message_delivery_failed';
  const value = {
    field: has.field ? field : undefined,
    recipient_id: isFailure ? undefined : recipientId(world, person),
    business_id: isFailure ? world.pages.get(send.pageId)?.businessId : undefined,
    error_message: isFailure ? 'This person is not available right now.' : undefined,
    page_id: send.pageId,
    app_id: has.appId ? send.appId : undefined,
    timestamp: timestamps === 's' ? Math.floor(atMs / 1_000) : atMs,
    mid: has.mid && !isFromList(person) ? send.mid : undefined,
    marketing_message_tracking_id: has.trackingId ? send.id : undefined,
    messenger_subscription_token: person.token,
    message_id: send.campaignId,
  };
  const event = isFlat(world, send, field) ? value : { field, value };
  emit(world, { pageId: send.pageId, field, atMs, list: 'changes', event });
}

function recipientId(world: World, person: Person): string | null | undefined {
  if (!isFromList(person)) return person.psid;
  return world.settingsOf(person.pageId).listRecipientId === 'null' ? null : undefined;
}

/** People from a contact list are not named by their PSID. */
function isFromList(person: Person): boolean {
  return person.subscription?.source === 'SUBSCRIBER_LIST';
}

function isFlat(world: World, send: Send, field: string): boolean {
  const { envelope } = world.settingsOf(send.pageId);
  return envelope === 'flat' || (envelope === 'mixed' && chance(world.seed, 'envelope', send.id, field) < 0.5);
}
