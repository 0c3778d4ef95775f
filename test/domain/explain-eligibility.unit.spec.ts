import { describe, expect, it } from '@jest/globals';
import { chooseLane } from '../../domain/delivery/choose-lane';
import type { Eligibility } from '../../domain/delivery/explain-eligibility';
import { explainEligibility } from '../../domain/delivery/explain-eligibility';
import type { PageFacts, PersonFacts, Purpose } from '../../domain/delivery/send-facts';
import { DAY_MS } from '../../domain/shared/duration';
import { NOW, aPage, aPerson, ms } from './builders';

function ask(
  content: Purpose,
  changes: { page?: Partial<PageFacts>; person?: Partial<PersonFacts> } = {},
  atMs = NOW,
): Eligibility {
  return explainEligibility({ page: aPage(changes.page), person: aPerson(changes.person) }, content, atMs);
}

function lane(eligibility: Eligibility, name: string): string | undefined {
  const decision = eligibility.decisions.find((each) => each.lane === name);
  return decision === undefined ? undefined : (decision.ruleId ?? 'allowed');
}

describe('When a person has opted in', () => {
  it('may get promotion in the paid lane, and the others say why not', () => {
    const eligibility = ask('promotional');
    expect(eligibility).toMatchObject({
      at: '2026-11-22T10:00:00.000Z',
      content: 'promotional',
      allowed: true,
      lane: 'paid',
    });
    expect(['window', 'tag', 'rn', 'paid'].map((name) => lane(eligibility, name))).toEqual([
      'R-32',
      'R-21',
      'R-09',
      'allowed',
    ]);
  });

  it('gets it through the free window first', () => {
    expect(ask('promotional', { person: { windowUntilMs: NOW + 1 } }).lane).toBe('window');
  });

  it('names the moment when the slot is taken', () => {
    const eligibility = ask('promotional', { person: { paidSlotUntilMs: NOW + DAY_MS } });
    expect(eligibility).toMatchObject({ allowed: false, lane: null });
    expect(eligibility.decisions.find((each) => each.lane === 'paid')).toMatchObject({
      ruleId: 'R-08',
      allowedAt: '2026-11-23T10:00:00.000Z',
    });
  });
});

describe('When a person has not opted in', () => {
  it('is refused by R-11', () => {
    expect(lane(ask('promotional', { person: { consent: 'revoked' } }), 'paid')).toBe('R-11');
  });
});

describe('The lanes that have ended or are closed', () => {
  it.each([
    ['event_update', '2026-04-26T23:59:59Z', undefined],
    ['event_update', '2026-04-27T00:00:00Z', 'R-28'],
    ['post_purchase', '2026-04-27T00:00:00Z', 'R-28'],
    ['account_update', '2026-04-27T00:00:00Z', 'R-28'],
    ['transactional', '2026-04-27T00:00:00Z', undefined],
    ['news', '2026-04-27T00:00:00Z', undefined],
  ] as const)('a tag for %s at %s answers %s', (purpose, time, rule) => {
    expect(lane(ask(purpose, {}, ms(time)), 'tag')).toBe(rule);
  });

  it.each([
    ['just before seven days', 7 * DAY_MS - 1, undefined],
    ['after seven days', 7 * DAY_MS, 'R-22'],
  ])('a human reply %s', (_when, agoMs, rule) => {
    const person = { windowUntilMs: NOW - agoMs + DAY_MS };
    expect(lane(ask('human_reply', { person }), 'tag')).toBe(rule);
  });

  it('a human reply to someone who never wrote', () => {
    expect(lane(ask('feedback'), 'tag')).toBe('R-22');
  });

  it.each([
    ['SG', '2025-08-31T23:59:59Z', undefined],
    ['SG', '2025-09-01T00:00:00Z', 'R-29'],
    ['SG', '2026-02-09T23:59:59Z', 'R-29'],
    ['SG', '2026-02-10T00:00:00Z', 'R-09'],
    ['AU', '2026-02-10T00:00:00Z', 'R-29'],
    ['DE', '2026-02-10T00:00:00Z', 'R-29'],
  ])('a recurring notification from %s at %s answers %s', (country, time, rule) => {
    expect(lane(ask('promotional', { page: { country } }, ms(time)), 'rn')).toBe(rule);
  });
});

describe('The lane of a message', () => {
  it.each([
    ['auto', false, NOW + 1, 'window'],
    ['auto', true, NOW + 1, 'window'],
    ['auto', true, NOW, 'paid'],
    ['auto', false, NOW, 'window'],
    ['auto', true, null, 'paid'],
    ['window', true, null, 'window'],
    ['paid', false, NOW + 1, 'paid'],
  ] as const)('%s, paid allowed: %s, window until %s, is %s', (wanted, allowPaid, windowUntilMs, expected) => {
    expect(chooseLane({ lane: wanted, allowPaid }, windowUntilMs, NOW)).toBe(expected);
  });
});
