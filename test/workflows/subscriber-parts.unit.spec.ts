import { describe, expect, it } from '@jest/globals';
import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { BusinessClock } from '../../workflows/shared/business-clock';
import { shortTime } from '../../workflows/shared/short-time';
import { detailsOf } from '../../workflows/subscriber/details';
import { Patience } from '../../workflows/subscriber/patience';

const NOW = Date.UTC(2026, 10, 22, 9);
const HOUR_MS = 3_600_000;

describe('A moment as an operator reads it', () => {
  it('names day, month and minute in UTC', () => {
    expect(shortTime(Date.UTC(2026, 0, 5, 7, 3, 59))).toBe('5 Jan 07:03 UTC');
  });
});

describe('Business time in a workflow', () => {
  const aheadMs = (clock: BusinessClock): number => Math.round((clock.nowMs() - Date.now()) / 1_000) * 1_000;

  it('is the time of the workflow until something else is known', () => {
    expect(aheadMs(new BusinessClock())).toBe(0);
  });

  it('runs on from the newest moment that was seen', () => {
    const clock = new BusinessClock();
    clock.learn(Date.now() + HOUR_MS);
    expect(aheadMs(clock)).toBe(HOUR_MS);
  });

  it('is not put back by a moment that was read before the clock moved', () => {
    const clock = new BusinessClock();
    clock.learn(Date.now() + HOUR_MS);
    clock.learn(Date.now());
    expect(aheadMs(clock)).toBe(HOUR_MS);
  });

  it('is not put back by an answer that lay in a queue', () => {
    const clock = new BusinessClock();
    const askedAtMs = Date.now() - HOUR_MS;
    clock.learn(askedAtMs + 10, askedAtMs);
    expect(aheadMs(clock)).toBe(0);
  });

  it('ignores what is no moment', () => {
    const clock = new BusinessClock();
    clock.learn(Number.NaN);
    expect(aheadMs(clock)).toBe(0);
  });
});

describe('Patience with a message that stays where it is', () => {
  it('doubles its wait up to ten minutes, and forgets what waits no more', () => {
    const patience = new Patience();
    const waits = Array.from({ length: 12 }, () => {
      patience.note('s', { state: 'queued' }, NOW);
      return patience.notBeforeMs('s') - NOW;
    });
    expect(waits.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(waits.at(-1)).toBe(600_000);
    patience.forgetOthers([]);
    expect(patience.notBeforeMs('s')).toBe(Number.NEGATIVE_INFINITY);
  });

  it('takes the moment that the ledger names', () => {
    const patience = new Patience();
    patience.note('s', { state: 'held', dueAtMs: NOW + HOUR_MS }, NOW);
    expect(patience.notBeforeMs('s')).toBe(NOW + HOUR_MS);
  });
});

describe('The details in the Temporal UI', () => {
  const PLAN: SubscriberPlan = {
    nowMs: NOW,
    wakeSeq: 1,
    actedSeq: 1,
    markedDueAtMs: null,
    consent: 'none',
    token: null,
    topics: [],
    optOutOwed: false,
    optInsOwed: [],
    runsDue: [],
    runsWaiting: [],
    requestsDue: [],
    requestsWaiting: [],
    coolDowns: [],
    sends: [],
    lastOutcome: null,
    idleAfterMs: null,
  };
  const details = (changes: Partial<SubscriberPlan>): string => detailsOf({ ...PLAN, ...changes }, 'URL');
  const topic = (title: string) => ({ id: title, title, sinceMs: NOW });

  it.each<{ changes: Partial<SubscriberPlan>; words: string }>([
    { changes: {}, words: 'not asked yet' },
    { changes: { consent: 'asked' }, words: 'asked, no answer seen' },
    { changes: { consent: 'revoked' }, words: 'opted out' },
    { changes: { consent: 'granted' }, words: 'opted in' },
    { changes: { consent: 'granted', topics: [topic('A'), topic('B')] }, words: 'opted in to *A*, *B*' },
    {
      changes: {
        sends: [
          { sendId: '1', campaignId: 'c', state: 'held', dueAtMs: null, ruleId: 'R-14' },
          { sendId: '2', campaignId: 'c', state: 'held', dueAtMs: NOW + HOUR_MS, ruleId: 'R-08' },
        ],
      },
      words: 'not asked yet; 2 messages held; next slot 22 Nov 10:00 UTC (R-08)',
    },
    {
      changes: { sends: [{ sendId: '1', campaignId: 'c', state: 'held', dueAtMs: null, ruleId: 'R-14' }] },
      words: 'not asked yet; 1 message held',
    },
    {
      changes: {
        consent: 'asked',
        requestsWaiting: [{ requestId: '1', title: 'A', dueAtMs: null, expiresAtMs: null, ruleId: 'R-01' }],
        coolDowns: [{ requestId: '2', title: 'B', untilMs: NOW }],
      },
      words:
        'asked, no answer seen; waits to ask for *A* until the person writes (R-01); may ask for *B* again 22 Nov 09:00 UTC',
    },
    {
      changes: { lastOutcome: { campaignId: 'c', state: 'accepted', asOf: '2026-11-22T09:00:00.000Z' } },
      words: 'not asked yet; last campaign c: accepted as of 22 Nov 09:00 UTC',
    },
  ])('say "$words" and where to read on', ({ changes, words }) => {
    expect(details(changes)).toBe(`${words}\n\nURL`);
  });
});
