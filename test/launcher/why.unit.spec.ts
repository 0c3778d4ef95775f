import { describe, expect, it } from '@jest/globals';
import { explainEntry, newestDecision, type TimelineEntry } from '../../src/cli/operator/why';

const ASKED: TimelineEntry = {
  at: '2026-11-20T09:00:00.000Z',
  kind: 'opt_in_asked',
  state: 'opted_in',
  requestId: 'r',
};
const ACCEPTED: TimelineEntry = {
  at: '2026-11-21T09:00:00.000Z',
  kind: 'message_accepted',
  state: 'delivered',
  campaignId: 'one',
};
const DELIVERED: TimelineEntry = {
  ...ACCEPTED,
  at: '2026-11-21T09:00:05.000Z',
  kind: 'message_delivered',
  lane: 'paid',
};
const REFUSED: TimelineEntry = {
  at: '2026-11-22T09:00:00.000Z',
  kind: 'message_refused',
  state: 'refused',
  campaignId: 'two',
  ruleId: 'R-16',
  facts: {},
};

describe('The decision that answers why', () => {
  it('is the newest one', () => {
    expect(newestDecision([ASKED, ACCEPTED, DELIVERED, REFUSED])).toBe(REFUSED);
  });

  it('is the newest of the campaign that was asked for', () => {
    expect(newestDecision([ASKED, ACCEPTED, DELIVERED, REFUSED], 'one')).toBe(DELIVERED);
  });

  it('is never a state that has passed', () => {
    expect(newestDecision([ASKED, ACCEPTED])).toBe(ASKED);
  });

  it('is none when the campaign never chose the person', () => {
    expect(newestDecision([ASKED, REFUSED], 'three')).toBeUndefined();
  });
});

describe('The sentence', () => {
  it('names the rule that refused', () => {
    expect(explainEntry(REFUSED)).toContain('R-16');
  });

  it('says when a message was delivered', () => {
    expect(explainEntry(DELIVERED)).toMatch(/^Sent and delivered on /);
  });

  it('speaks of an opt-in request where nothing was sent', () => {
    expect(explainEntry(ASKED)).toMatch(/^Opted in on /);
  });
});
