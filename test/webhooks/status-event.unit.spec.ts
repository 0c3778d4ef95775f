import { describe, expect, it } from '@jest/globals';
import { readStoredEvent } from '../../src/webhooks/meta/parse-webhook';
import { statusOf } from '../../src/webhooks/meta/status-event';
import { CAMPAIGN, TOKEN, TRACKING, change, eventOf, messaging, statusValue } from './webhook-samples';

describe('statusOf', () => {
  it.each([
    ['marketing_message_echoes', 'accepted'],
    ['marketing_message_deliveries', 'delivered'],
    ['marketing_message_reads', 'read'],
    ['marketing_message_clicks', 'clicked'],
    ['marketing_message_delivery_failed', 'failed'],
  ])('reads %s as %s', (field, state) => {
    expect(statusOf(eventOf(change(statusValue(field))))).toEqual({
      state,
      trackingId: TRACKING,
      token: TOKEN,
      metaCampaignId: CAMPAIGN,
      atMs: 1_790_000_000_000,
    });
  });

  it('reads the same out of a stored body', () => {
    const event = eventOf(change(statusValue('marketing_message_reads')));
    expect(statusOf(readStoredEvent(event.body, event))).toEqual(statusOf(event));
  });

  it('needs the tracking id, or token and campaign', () => {
    const nothing = { marketing_message_tracking_id: undefined, messenger_subscription_token: undefined };
    const pair = { marketing_message_tracking_id: undefined };
    expect(statusOf(eventOf(change(statusValue('marketing_message_clicks', pair))))).toBeDefined();
    expect(statusOf(eventOf(change(statusValue('marketing_message_clicks', nothing))))).toBeUndefined();
  });

  it('is nothing for a conversation', () => {
    expect(statusOf(eventOf(messaging({ delivery: { mids: ['m_1'] } })))).toBeUndefined();
  });
});
