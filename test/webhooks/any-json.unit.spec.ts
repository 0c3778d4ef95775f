import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMetaWebhook, readStoredEvent } from '../../src/webhooks/meta/parse-webhook';
import { statusOf } from '../../src/webhooks/meta/status-event';
import { RECEIVED_MS, eventsOf } from './webhook-samples';

const KEYS = [
  'object', 'entry', 'id', 'time', 'timestamp', 'messaging', 'standby', 'changes', 'field', 'value', 'message', 'mid',
  'postback', 'optin', 'optout', 'type', 'delivery', 'mids', 'read', 'watermark', 'reaction', 'referral', 'source',
  'policy_enforcement', 'action', 'sender', 'recipient', 'recipient_id', 'page_id', 'message_id', 'error_message',
  'messenger_subscription_token', 'notification_messages_status', 'is_echo', 'text', '__proto__', 'constructor',
]; // prettier-ignore
const WORDS = [
  'page',
  'messages',
  'messaging_optouts',
  'marketing_message_reads',
  'marketing_message_clicks',
  'STOP',
  '0',
];

/** JSON made of Meta's own words in wrong places: far likelier to find a hole than random keys. */
const { nearlyMeta } = fc.letrec((tie) => ({
  nearlyMeta: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constantFrom<unknown>(...WORDS), fc.double(), fc.maxSafeInteger(), fc.string(), fc.constant(null)),
    fc.array(tie('nearlyMeta'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('nearlyMeta'), { maxKeys: 5 }),
  ),
}));

function expectSound(text: string): void {
  const events = eventsOf(text);
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) {
    expect(event.eventAtMs).toBeGreaterThan(0);
    expect(event.eventAtMs).toBeLessThan(253_402_300_800_000);
    expect(event.dedupeKey).toMatch(/^[\x21-\x7e]{1,300}$/);
    expect(() => JSON.parse(event.body) as unknown).not.toThrow();
    expect(() => statusOf(event)).not.toThrow();
    const again = readStoredEvent(event.body, event);
    expect({ ...again, dedupeKey: '', body: '' }).toEqual({ ...event, dedupeKey: '', body: '' });
  }
}

describe('Any JSON', () => {
  it('gives events that can be stored and read again', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expectSound(text);
      }),
    );
  });

  it('does so when it is made of Meta’s words in wrong places', () => {
    fc.assert(
      fc.property(nearlyMeta, (value) => {
        expectSound(JSON.stringify(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseMetaWebhook(Buffer.from(bytes), RECEIVED_MS)).not.toThrow();
      }),
    );
  });
});
