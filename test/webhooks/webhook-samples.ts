import { parseMetaWebhook } from '../../src/webhooks/meta/parse-webhook';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';

export const PAGE = '104857600000000001';
export const PSID = '7351004321987654321';
export const TOKEN = '4263172597193563921';
export const CAMPAIGN = '120211111111111111';
export const TRACKING = '0b9f6f6e-2b39-4f5b-9d0e-6f6f1f0f8b11';
export const AT_MS = 1_790_000_000_100;
export const RECEIVED_MS = 1_790_000_009_000;

/** All events of a body given as JSON text or as an object. */
export function eventsOf(body: unknown): readonly MetaEvent[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const parsed = parseMetaWebhook(Buffer.from(text), RECEIVED_MS);
  if (parsed.kind !== 'events') throw new Error('The body is not JSON.');
  return parsed.events;
}

/** The only event of a body. */
export function eventOf(body: unknown): MetaEvent {
  const [event, ...others] = eventsOf(body);
  if (event === undefined || others.length > 0) throw new Error('The body holds more or less than one event.');
  return event;
}

/** One event of a conversation in Meta's `messaging` envelope. */
export function messaging(part: Readonly<Record<string, unknown>>, list = 'messaging'): object {
  const event = { sender: { id: PSID }, recipient: { id: PAGE }, timestamp: AT_MS, ...part };
  return { object: 'page', entry: [{ id: PAGE, time: AT_MS + 23, [list]: [event] }] };
}

/** The fields of a status event as meta-api §12.4 prints them. */
export function statusValue(field: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    field,
    recipient_id: PSID,
    page_id: PAGE,
    app_id: '55',
    timestamp: 1_790_000_000,
    mid: 'm_1',
    marketing_message_tracking_id: TRACKING,
    messenger_subscription_token: TOKEN,
    message_id: CAMPAIGN,
    ...more,
  };
}

/** A status event in the `changes` envelope. */
export function change(value: Readonly<Record<string, unknown>>, field: unknown = value['field']): object {
  return { object: 'page', entry: [{ id: PAGE, time: 1_790_000_001, changes: [{ field, value }] }] };
}
