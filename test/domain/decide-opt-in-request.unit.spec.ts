import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../../domain/shared/duration';
import { decideOptInRequest } from '../../domain/subscriber/decide-opt-in-request';
import type { OptInRequestFacts, OptInRequestState, PastOptInRequest } from '../../domain/subscriber/opt-in-request';
import { titleKey } from '../../domain/subscriber/title-key';
import { NOW } from './builders';

const WEEK_MS = 7 * DAY_MS;

function asked(title: string, sentAtMs: number, changes: Partial<PastOptInRequest> = {}): PastOptInRequest {
  return { titleKey: titleKey(title), imageUrl: null, kinds: [], sentAtMs, state: 'asked', ...changes };
}

function aRequest(changes: Partial<OptInRequestFacts> = {}): OptInRequestFacts {
  return {
    topic: { titleKey: titleKey('New arrivals'), imageUrl: null, kinds: ['arrivals'] },
    requests: [],
    windowUntilMs: NOW + HOUR_MS,
    platform: 'messenger',
    restriction: null,
    alreadyOptedInToTopic: false,
    whenNotAllowed: 'refuse',
    ...changes,
  };
}

function rule(facts: OptInRequestFacts, nowMs = NOW): string {
  const decision = decideOptInRequest(facts, nowMs);
  return decision.kind === 'ask' ? 'ask' : `${decision.kind} ${decision.ruleId}`;
}

describe('When nothing speaks against a request', () => {
  it('asks', () => {
    expect(decideOptInRequest(aRequest(), NOW)).toEqual({ kind: 'ask' });
  });
});

describe('When the window is looked at (R-01)', () => {
  it.each([
    ['just before its end', NOW + 1, 'ask'],
    ['at its end', NOW, 'refuse R-01'],
    ['after its end', NOW - 1, 'refuse R-01'],
    ['never open', null, 'refuse R-01'],
  ])('%s', (_when, windowUntilMs, expected) => {
    expect(rule(aRequest({ windowUntilMs }))).toBe(expected);
  });

  it('waits without a moment: only the person can open it', () => {
    const decision = decideOptInRequest(aRequest({ windowUntilMs: null, whenNotAllowed: 'wait' }), NOW);
    expect(decision).toEqual({ kind: 'wait', ruleId: 'R-01', facts: { windowUntil: null }, allowedAtMs: null });
  });
});

describe('When the same title was asked (R-03, R-04)', () => {
  const facts = aRequest({ requests: [asked(' new  ARRIVALS ', NOW)], windowUntilMs: NOW + 2 * WEEK_MS });

  it.each([
    ['right after', NOW, 'refuse R-03'],
    ['just before seven days', NOW + WEEK_MS - 1, 'refuse R-03'],
    ['after seven days', NOW + WEEK_MS, 'ask'],
  ])('%s', (_when, nowMs, expected) => {
    expect(rule(facts, nowMs)).toBe(expected);
  });

  it('names the moment, counted from the last request', () => {
    const requests = [asked('New arrivals', NOW - DAY_MS), asked('New arrivals', NOW - 3 * DAY_MS)];
    const decision = decideOptInRequest(aRequest({ requests, whenNotAllowed: 'wait' }), NOW);
    expect(decision).toMatchObject({ kind: 'wait', ruleId: 'R-03', allowedAtMs: NOW - DAY_MS + WEEK_MS });
  });

  it.each<[OptInRequestState, string]>([
    ['asked', 'refuse R-03'],
    ['sending', 'refuse R-03'],
    ['unknown', 'refuse R-03'],
    ['opted_in', 'refuse R-03'],
    ['expired', 'refuse R-03'],
    ['waiting', 'ask'],
    ['refused', 'ask'],
    ['failed', 'ask'],
    ['cancelled', 'ask'],
  ])('one in state %s answers %s (R-07: what became of it plays no part)', (state, expected) => {
    expect(rule(aRequest({ requests: [asked('New arrivals', NOW, { state })] }))).toBe(expected);
  });

  it('counts the default title as a title', () => {
    const topic = { titleKey: titleKey(null), imageUrl: null, kinds: [] };
    expect(rule(aRequest({ topic, requests: [asked('Updates and promotions', NOW)] }))).toBe('refuse R-03');
    expect(titleKey('  ')).toBe(titleKey('UPDATES and promotions'));
  });

  it('compares title and image on Instagram', () => {
    const requests = [asked('New arrivals', NOW, { imageUrl: 'https://a.example/1.png' })];
    expect(rule(aRequest({ requests, platform: 'instagram' }))).toBe('ask');
    const topic = { titleKey: titleKey('New arrivals'), imageUrl: 'https://a.example/1.png', kinds: [] };
    expect(rule(aRequest({ topic, requests, platform: 'instagram' }))).toBe('refuse R-03');
    expect(rule(aRequest({ topic, requests: [asked('New arrivals', NOW)] }))).toBe('refuse R-03');
  });
});

describe('When Instagram counts titles (R-05)', () => {
  const titles = (count: number, sentAtMs: number): PastOptInRequest[] =>
    Array.from({ length: count }, (_none, index) =>
      asked(`Topic ${String(sentAtMs)} ${String(index)}`, sentAtMs + index),
    );

  it.each([
    ['4 titles today', titles(4, NOW), 'ask'],
    ['5 titles today', titles(5, NOW), 'refuse R-05'],
    [
      '9 titles in the week',
      [...titles(4, NOW - 2 * DAY_MS), ...titles(4, NOW - 4 * DAY_MS), ...titles(1, NOW)],
      'ask',
    ],
    ['10 titles in the week', [...titles(5, NOW - 2 * DAY_MS), ...titles(5, NOW - 4 * DAY_MS)], 'refuse R-05'],
  ])('%s', (_what, requests, expected) => {
    expect(rule(aRequest({ requests, platform: 'instagram', windowUntilMs: NOW + DAY_MS }), NOW + 10)).toBe(expected);
    expect(rule(aRequest({ requests }), NOW + 10)).toBe('ask');
  });

  it('allows the next when the oldest of the last five is a day old', () => {
    const facts = aRequest({ requests: titles(5, NOW), platform: 'instagram', windowUntilMs: NOW + WEEK_MS });
    const decision = decideOptInRequest(facts, NOW + 10);
    expect(decision).toMatchObject({ facts: { titles: 5 }, allowedAtMs: NOW + DAY_MS });
    expect(rule(facts, NOW + DAY_MS - 1)).toBe('refuse R-05');
    expect(rule(facts, NOW + DAY_MS)).toBe('ask');
  });

  it('counts a title once, also its own', () => {
    const same = titles(5, NOW).map((request) => ({ ...request, titleKey: titleKey('New arrivals'), imageUrl: 'x' }));
    expect(rule(aRequest({ requests: same, platform: 'instagram' }), NOW + 10)).toBe('ask');
  });
});

describe('When another request was sent (R-06)', () => {
  it.each([
    ['the same kinds', ['arrivals'], 'refuse R-06'],
    ['these kinds and more', ['arrivals', 'offers'], 'refuse R-06'],
    ['other kinds', ['offers'], 'ask'],
    ['no kinds', [], 'ask'],
  ] as const)('with %s', (_what, kinds, expected) => {
    expect(rule(aRequest({ requests: [asked('Weekly offers', NOW, { kinds })] }))).toBe(expected);
  });

  it('compares nothing where the topic names no kinds', () => {
    const topic = { titleKey: 'x', imageUrl: null, kinds: [] };
    expect(rule(aRequest({ topic, requests: [asked('Weekly offers', NOW, { kinds: ['offers'] })] }))).toBe('ask');
  });

  it.each([
    ['just before seven days', NOW + WEEK_MS - 1, 'refuse R-06'],
    ['after seven days', NOW + WEEK_MS, 'ask'],
  ])('%s', (_when, nowMs, expected) => {
    const requests = [asked('Weekly offers', NOW, { kinds: ['arrivals'] })];
    expect(rule(aRequest({ requests, windowUntilMs: NOW + 2 * WEEK_MS }), nowMs)).toBe(expected);
  });

  it('never asks again for a topic the person has opted in to, not even later', () => {
    expect(rule(aRequest({ alreadyOptedInToTopic: true, whenNotAllowed: 'wait' }))).toBe('refuse R-06');
  });
});

describe('When Meta restricts the Page (R-25)', () => {
  it.each([
    [false, 'wait R-25'],
    [true, 'refuse R-25'],
  ])('permanent: %s', (permanent, expected) => {
    const restriction = { subject: 'page', permanent, reason: 'spam', untilMs: null } as const;
    expect(rule(aRequest({ restriction, whenNotAllowed: 'wait' }))).toBe(expected);
  });
});

describe('Whatever was asked before', () => {
  it('no title is asked twice in seven days', () => {
    const request = fc.record({
      title: fc.constantFrom('New arrivals', 'Offers', 'Other'),
      agoMs: fc.integer({ min: 0, max: 2 * WEEK_MS }),
      state: fc.constantFrom<OptInRequestState>('asked', 'unknown', 'opted_in', 'failed', 'expired'),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), fc.boolean(), (before, isOpen) => {
        const requests = before.map(({ title, agoMs, state }) => asked(title, NOW - agoMs, { state }));
        const decision = decideOptInRequest(aRequest({ requests, windowUntilMs: isOpen ? NOW + 1 : NOW }), NOW);
        const isRecent = before.some(
          ({ title, agoMs, state }) => title === 'New arrivals' && agoMs < WEEK_MS && state !== 'failed',
        );
        expect(decision.kind === 'ask').toBe(isOpen && !isRecent);
        if (decision.kind !== 'ask' && isOpen) expect(decision.allowedAtMs).toBeGreaterThan(NOW);
      }),
    );
  });
});
