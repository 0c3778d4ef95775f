import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../src/webhooks/meta/canonical-json';
import { PAGE, TRACKING, change, eventOf, messaging, statusValue } from './webhook-samples';

/** The same value with the keys of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, turned(part)] as const);
  return Object.fromEntries(entries.reverse());
}

const click = statusValue('marketing_message_clicks', { marketing_message_tracking_id: undefined });

describe('The key by which an event is kept once', () => {
  it.each([
    ['message:m_1', messaging({ message: { mid: 'm_1', text: 'a' } })],
    ['postback:m_1', messaging({ postback: { mid: 'm_1' } })],
    ['echo:m_1', messaging({ message: { mid: 'm_1', is_echo: true } })],
    ['delivery:m_1', messaging({ delivery: { mids: ['m_1'], watermark: 5 } })],
    ['mm_echo:m_1', change(statusValue('marketing_message_echoes'))],
    ['mm_delivery:m_1', change(statusValue('marketing_message_deliveries'))],
    [`mm_delivery:${TRACKING}`, change(statusValue('marketing_message_deliveries', { mid: undefined }))],
    [`mm_read:${TRACKING}`, change(statusValue('marketing_message_reads', { mid: undefined }))],
  ])('is %s', (key, body) => {
    expect(eventOf(body).dedupeKey).toBe(key);
  });

  it.each([
    ['clicks', change(click)],
    ['failures', change({ page_id: PAGE, timestamp: 1, error_message: 'x' }, 'marketing_message_delivery_failed')],
    ['reactions', messaging({ reaction: { action: 'react', mid: 'm_1' } })],
    ['edits', messaging({ message_edit: { mid: 'm_1', num_edit: 1 } })],
    ['ordinary reads', messaging({ read: { watermark: 7 } })],
    ['deliveries of several messages', messaging({ delivery: { mids: ['m_1', 'm_2'] } })],
    ['messages without an id', messaging({ message: { text: 'a' } })],
    ['ids no column could hold', messaging({ message: { mid: 'm_\u0000', text: 'a' } })],
    ['endless ids', messaging({ message: { mid: 'm'.repeat(1000), text: 'a' } })],
  ])('is a hash of the whole event for %s', (_what, body) => {
    expect(eventOf(body).dedupeKey).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('tells two clicks apart by their time', () => {
    const later = change({ ...click, timestamp: 1_790_000_060 });
    expect(eventOf(later).dedupeKey).not.toBe(eventOf(change(click)).dedupeKey);
  });

  it('tells the same event at two Pages apart', () => {
    const text = JSON.stringify(messaging({ read: { watermark: 7 } }));
    const elsewhere = text.replace(`"id":"${PAGE}","time"`, '"id":"9","time"');
    expect(eventOf(elsewhere).dedupeKey).not.toBe(eventOf(text).dedupeKey);
  });

  it('is the same for a click in either envelope', () => {
    const flat = { object: 'page', entry: [{ id: PAGE, time: 1, ...click }] };
    expect(eventOf(flat).dedupeKey).toBe(eventOf(change(click)).dedupeKey);
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (part) => {
        const body = messaging({ ...part, sender: { id: '1' } });
        expect(eventOf(turned(body)).dedupeKey).toBe(eventOf(body).dedupeKey);
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('is equal for equal values and keeps the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps the order of lists', () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it('sorts a key called __proto__ like any other', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
  });
});
