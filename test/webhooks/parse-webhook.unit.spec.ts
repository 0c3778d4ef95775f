import { describe, expect, it } from '@jest/globals';
import { parseMetaWebhook } from '../../src/webhooks/meta/parse-webhook';
import {
  AT_MS,
  PAGE,
  PSID,
  RECEIVED_MS,
  TOKEN,
  change,
  eventOf,
  eventsOf,
  messaging,
  statusValue,
} from './webhook-samples';

const message = { mid: 'm_1', text: 'Hello' };

describe('A webhook body', () => {
  it('gives one event for each item, over all entries and lists', () => {
    const events = eventsOf({
      object: 'page',
      entry: [
        { id: PAGE, time: AT_MS, messaging: [{ message }, { message: { mid: 'm_2' } }] },
        { id: '2', time: AT_MS, standby: [{ message: { mid: 'm_3' } }] },
        { id: '3', time: 1_790_000_000, changes: [{ field: 'marketing_message_reads', value: statusValue('') }] },
      ],
    });
    expect(events.map(({ metaPageId, kind }) => [metaPageId, kind])).toEqual([
      [PAGE, 'message'],
      [PAGE, 'message'],
      ['2', 'message'],
      ['3', 'mm_read'],
    ]);
  });

  it('is an error when it is not JSON', () => {
    for (const text of ['', '{', 'hello', '{"object":"page"', '\u0000']) {
      expect(parseMetaWebhook(Buffer.from(text), RECEIVED_MS)).toEqual({ kind: 'not_json' });
    }
  });

  it.each([
    'null',
    '42',
    '"text"',
    '[]',
    '[1,2]',
    '{}',
    '{"entry":[]}',
    '{"entry":7}',
    '{"object":"user","entry":[{}]}',
  ])('is kept as ignored when it is %s', (text) => {
    const event = eventOf(text);
    expect(event.kind).toBe('ignored');
    expect(event.windowOpens).toBe(false);
    expect(event.eventAtMs).toBe(RECEIVED_MS);
    expect(event.dedupeKey).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('is kept whole as ignored when it is nested deeper than any stack', () => {
    const text = '['.repeat(300_000) + ']'.repeat(300_000);
    const deepMessage = `{"object":"page","entry":[{"id":"1","messaging":[${text}]}]}`;
    expect(eventOf(deepMessage)).toMatchObject({ kind: 'ignored', body: deepMessage, metaPageId: '' });
  });

  it('keeps every digit of an id that came as a number', () => {
    const text = JSON.stringify(messaging({ message })).replaceAll(`"${PSID}"`, PSID).replaceAll(`"${PAGE}"`, PAGE);
    expect(text).toContain(`"id":${PSID}`);
    expect(eventOf(text)).toMatchObject({ psid: PSID, metaPageId: PAGE });
  });

  it('keeps the event as it came, for later reading', () => {
    const event = eventOf(messaging({ message, unknown: { deep: [1, null] } }));
    expect(JSON.parse(event.body)).toEqual({
      sender: { id: PSID },
      recipient: { id: PAGE },
      timestamp: AT_MS,
      message,
      unknown: { deep: [1, null] },
    });
  });

  it('says which object it is about', () => {
    const body = { ...messaging({ message }), object: 'instagram' };
    expect(eventOf(body)).toMatchObject({ object: 'instagram', kind: 'message' });
  });
});

describe('The time of an event', () => {
  it.each([
    ['milliseconds', AT_MS, AT_MS],
    ['seconds', 1_790_000_000, 1_790_000_000_000],
    ['text', String(AT_MS), AT_MS],
  ])('is understood in %s', (_unit, timestamp, expected) => {
    expect(eventOf(messaging({ message, timestamp })).eventAtMs).toBe(expected);
  });

  it.each([undefined, null, 0, -5, 'soon', 1e300, {}])('falls back to the entry when it is %p', (timestamp) => {
    expect(eventOf(messaging({ message, timestamp })).eventAtMs).toBe(AT_MS + 23);
  });

  it('falls back to the arrival when the entry has none', () => {
    expect(eventOf({ entry: [{ id: PAGE, messaging: [{ message }] }] }).eventAtMs).toBe(RECEIVED_MS);
  });
});

describe('The Page of an event', () => {
  const event = { sender: { id: PSID }, recipient: { id: PAGE }, message };

  it('is the entry', () => {
    expect(eventOf(messaging({ message })).metaPageId).toBe(PAGE);
  });

  it('is the recipient when the entry has no id, and the sender of an echo', () => {
    expect(eventOf({ entry: [{ messaging: [event] }] }).metaPageId).toBe(PAGE);
    const echo = { sender: { id: PAGE }, recipient: { id: PSID }, message: { ...message, is_echo: true } };
    expect(eventOf({ entry: [{ messaging: [echo] }] })).toMatchObject({ metaPageId: PAGE, psid: PSID });
  });

  it('is named inside a bare status event', () => {
    expect(eventOf(statusValue('marketing_message_reads')).metaPageId).toBe(PAGE);
  });
});

describe('A status event', () => {
  const value = statusValue('marketing_message_deliveries');
  const { field: _field, ...withoutField } = value;

  it.each([
    ['in changes', change(value)],
    ['in changes, without a field of its own', change(withoutField, 'marketing_message_deliveries')],
    ['flat in changes', { object: 'page', entry: [{ id: PAGE, time: 1, changes: [value] }] }],
    ['flat in messaging', { object: 'page', entry: [{ id: PAGE, time: 1, messaging: [value] }] }],
    ['flat in the entry', { object: 'page', entry: [{ id: PAGE, time: 1, ...value }] }],
    ['a single entry instead of a list', { object: 'page', entry: { id: PAGE, changes: { field: 'x', value } } }],
    ['bare', value],
  ])('is the same %s', (_form, body) => {
    const event = eventOf(JSON.stringify(body).replace('"x"', '"marketing_message_deliveries"'));
    expect(event).toMatchObject({
      kind: 'mm_delivery',
      metaPageId: PAGE,
      psid: PSID,
      token: TOKEN,
      eventAtMs: 1_790_000_000_000,
      dedupeKey: 'mm_delivery:m_1',
    });
  });

  it('names nobody when the person came from a contact list', () => {
    for (const recipient of [null, 0, '0', undefined]) {
      const fields = { ...value, recipient_id: recipient, mid: undefined };
      const event = eventOf(change(fields));
      expect(event.psid).toBeUndefined();
      expect(event.mid).toBeUndefined();
    }
  });

  it('is a failure without any field when Meta sends it flat', () => {
    const failure = {
      page_id: PAGE,
      timestamp: 1,
      messenger_subscription_token: TOKEN,
      message_id: '1',
      error_message: 'no',
    };
    expect(eventOf(failure)).toMatchObject({ kind: 'mm_failed', token: TOKEN });
    expect(eventOf(change(failure, 'marketing_message_delivery_failed')).kind).toBe('mm_failed');
  });
});
