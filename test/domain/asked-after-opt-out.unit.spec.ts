import { describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from '../../domain/shared/duration';
import { decideOptInRequest } from '../../domain/subscriber/decide-opt-in-request';
import type { OptInRequestFacts } from '../../domain/subscriber/opt-in-request';
import { NOW } from './builders';

const LEFT_AT = NOW - HOUR_MS;

const someoneWhoLeft = (windowUntilMs: number | null): OptInRequestFacts => ({
  topic: { titleKey: 'new arrivals', imageUrl: null, kinds: [] },
  requests: [],
  windowUntilMs,
  platform: 'messenger',
  restriction: null,
  alreadyOptedInToTopic: false,
  leftAtMs: LEFT_AT,
  whenNotAllowed: 'wait',
});

describe('When the person has left (R-11, P2)', () => {
  it.each([
    { last: 'wrote before they left', windowUntilMs: LEFT_AT - 1 + DAY_MS },
    { last: 'wrote the word that made them leave', windowUntilMs: LEFT_AT + DAY_MS },
    { last: 'never wrote', windowUntilMs: null },
  ])('refuses, whatever the caller would wait for: they $last', ({ windowUntilMs }) => {
    expect(decideOptInRequest(someoneWhoLeft(windowUntilMs), NOW)).toMatchObject({ kind: 'refuse', ruleId: 'R-11' });
  });

  it('asks again once they have written again', () => {
    expect(decideOptInRequest(someoneWhoLeft(LEFT_AT + 1 + DAY_MS), NOW)).toEqual({ kind: 'ask' });
  });
});
