import { createHmac } from 'node:crypto';
import { parseMetaWebhook } from '../../src/webhooks/meta/parse-webhook';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';

/** A moment that all times of these tests stand near, milliseconds; past on every clock, for no event is of the future. */
export const NOON = Date.parse('2025-11-22T12:00:00Z');

let mids = 0;

type Fields = Readonly<Record<string, unknown>>;

/** An item of `messaging` of a person. */
export const from = (psid: string, atMs: number, fields: Fields): Fields => ({
  sender: { id: psid },
  recipient: { id: 'page' },
  timestamp: atMs,
  ...fields,
});

export const message = (psid: string, atMs = NOON, text = 'Hello', mid = `m_${mids++}`): Fields =>
  from(psid, atMs, { message: { mid, text } });

export const optIn = (psid: string, token: string, atMs = NOON, optin: Fields = {}): Fields =>
  from(psid, atMs, {
    optin: {
      type: 'notification_messages',
      notification_messages_token: token,
      title: 'New arrivals',
      payload: 'p',
      ...optin,
    },
  });

export const stop = (psid: string, token: string, atMs = NOON): Fields =>
  optIn(psid, token, atMs, { notification_messages_status: 'STOP NOTIFICATIONS' });

/** As it comes for somebody of a contact list: no PSID. */
export const stopByToken = (token: string, atMs = NOON): Fields => ({ ...stop('nobody', token, atMs), sender: {} });

export const resume = (psid: string, token: string, atMs = NOON): Fields =>
  optIn(psid, token, atMs, { notification_messages_status: 'RESUME NOTIFICATIONS' });

/** A status of a paid message, as `changes` carries it. */
export const status = (
  field: 'echoes' | 'deliveries' | 'reads' | 'clicks',
  metaPageId: string,
  ids: { token: string; campaign: string; tracking?: string },
  atMs = NOON,
): Fields => ({
  field: `marketing_message_${field}`,
  value: {
    field: `marketing_message_${field}`,
    page_id: metaPageId,
    timestamp: Math.floor(atMs / 1_000),
    messenger_subscription_token: ids.token,
    message_id: ids.campaign,
    ...(ids.tracking !== undefined && { marketing_message_tracking_id: ids.tracking }),
  },
});

export const policy = (action: 'block' | 'unblock' | 'warning', atMs = NOON): Fields => ({
  recipient: { id: 'page' },
  timestamp: atMs,
  policy_enforcement: { action, ...(action !== 'unblock' && { reason: 'Spam' }) },
});

/** A webhook call as Meta sends it. */
export const webhook = (metaPageId: string, ...events: readonly Fields[]): Fields => ({
  object: 'page',
  entry: [
    {
      id: metaPageId,
      time: NOON,
      messaging: events.filter((event) => event['field'] === undefined),
      changes: events.filter((event) => event['field'] !== undefined),
    },
  ],
});

/** The header by which Meta signs a webhook's bytes. */
export const signed = (body: Buffer, appSecret: string): { readonly 'x-hub-signature-256': string } => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
});

/** The events of a webhook, read as the API reads them. */
export function eventsOf(metaPageId: string, ...events: readonly Fields[]): readonly MetaEvent[] {
  const parsed = parseMetaWebhook(Buffer.from(JSON.stringify(webhook(metaPageId, ...events))), Number.NaN);
  if (parsed.kind !== 'events') throw new Error('These events are no JSON.');
  return parsed.events;
}
