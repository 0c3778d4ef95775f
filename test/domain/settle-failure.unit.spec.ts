import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GraphFailure } from '../../domain/delivery/classify-failure';
import { classifyFailure, failureFacts } from '../../domain/delivery/classify-failure';
import { settleFailure } from '../../domain/delivery/settle-failure';
import { HOUR_MS, MINUTE_MS } from '../../domain/shared/duration';
import { NOW } from './builders';

function aFailure(changes: Partial<GraphFailure> = {}): GraphFailure {
  return {
    httpStatus: 400,
    code: 100,
    subcode: null,
    remainingSeconds: null,
    speaksOfMoney: false,
    isTransient: false,
    ...changes,
  };
}

function settled(code: number, changes: Partial<GraphFailure> = {}, tries = 0): ReturnType<typeof settleFailure> {
  return settleFailure(aFailure({ code, ...changes }), tries, NOW);
}

describe('When nobody knows whether Meta took the message', () => {
  it.each([
    ['no answer', { httpStatus: null, code: null }],
    ['a server error', { httpStatus: 500, code: 2 }],
    ['a server error with a code of its own', { httpStatus: 503, code: 2_300_034 }],
    ['a page of HTML', { httpStatus: 502, code: null }],
    ['an answer without an error that can be read', { httpStatus: 400, code: null }],
    ['an accepted send whose body is broken', { httpStatus: 200, code: null }],
    ['code 1', { code: 1 }],
    ['code 1 of a batch', { code: 1, subcode: 1_357_046 }],
    ['code 1357046', { code: 1_357_046 }],
  ])('%s is unknown', (_what, changes) => {
    expect(settleFailure(aFailure(changes), 0, NOW)).toEqual({ move: 'unknown', errorClass: 'L' });
  });
});

describe('When the campaign is not ready (class A, R-13)', () => {
  it.each([
    [2_300_012, 5 * MINUTE_MS],
    [2_300_041, 5 * MINUTE_MS],
    [2_300_003, 5 * MINUTE_MS],
    [2_300_033, 5 * MINUTE_MS],
    [2_300_028, 60 * MINUTE_MS],
  ])('%d goes back and waits %d ms', (code, retryAfterMs) => {
    expect(settled(code)).toEqual({
      move: 'requeue',
      errorClass: 'A',
      ruleId: 'R-13',
      campaignEffect: { kind: 'not_ready', retryAfterMs },
    });
  });
});

describe('When the person has to wait (class B)', () => {
  it.each([
    [2_300_035, null, 'R-08', 12 * HOUR_MS],
    [2_300_035, 600, 'R-08', 600_000],
    [2_300_042, null, 'R-20', 24 * HOUR_MS],
    [2_300_043, 60, 'R-20', 60_000],
    [2_300_044, null, 'R-20', 24 * HOUR_MS],
    [2_300_052, null, 'R-20', HOUR_MS],
    [2_300_036, null, 'R-20', HOUR_MS],
    [1_893_047, null, 'R-20', HOUR_MS],
    [551, null, 'R-20', HOUR_MS],
  ] as const)('%d with %s seconds left waits by %s', (code, remainingSeconds, ruleId, waitMs) => {
    expect(settled(code, { remainingSeconds })).toEqual({ move: 'person_wait', errorClass: 'B', ruleId, waitMs });
  });

  it('leaves someone who is unreachable again alone for a day', () => {
    expect(settled(2_300_052, {}, 1)).toMatchObject({ waitMs: 24 * HOUR_MS });
  });

  it.each([2_018_278, 2_534_022, 2_018_065])('waits for the window, without a moment (10/%d)', (subcode) => {
    expect(settled(10, { subcode })).toEqual({ move: 'person_wait', errorClass: 'B', ruleId: 'R-32' });
  });
});

describe('When the token ends (class C, R-11)', () => {
  it('opts the person out by 2300034', () => {
    expect(settled(2_300_034)).toEqual({
      move: 'failed',
      errorClass: 'C',
      ruleId: 'R-11',
      endsToken: true,
      optsOut: true,
    });
  });

  it.each([2_300_004, 2_300_037])('ends the token alone by %d', (code) => {
    expect(settled(code)).toEqual({ move: 'failed', errorClass: 'C', ruleId: 'R-11', endsToken: true });
  });

  it('ends neither where nobody matches', () => {
    expect(settled(100, { subcode: 2_018_001 })).toEqual({ move: 'failed', errorClass: 'C' });
  });
});

describe('When a region is excluded (class D, R-18)', () => {
  it('marks the person by 2300032', () => {
    expect(settled(2_300_032)).toEqual({ move: 'failed', errorClass: 'D', ruleId: 'R-18', excludesRegion: true });
  });

  it.each([2_300_030, 2_300_031])('pauses the campaign by %d', (code) => {
    expect(settled(code)).toMatchObject({ move: 'failed', campaignEffect: { kind: 'pause', reason: 'account' } });
  });
});

describe('When the campaign, its money or the rate is meant (classes E to H, J, K, M)', () => {
  it.each([
    [2_300_000, 'E', { kind: 'pause', reason: 'account' }],
    [2_300_001, 'E', { kind: 'end', reason: 'account' }],
    [2_300_053, 'F', { kind: 'budget_lifetime' }],
    [2_300_015, 'F', { kind: 'budget_lifetime' }],
    [2_300_054, 'F', { kind: 'budget_daily' }],
    [2_300_011, 'G', { kind: 'pause', reason: 'payment' }],
    [2_300_058, 'G', { kind: 'pause', reason: 'payment' }],
    [2_300_055, 'H', { kind: 'pacing', retryAfterMs: 30 * MINUTE_MS }],
    [2_300_068, 'H', { kind: 'pacing', retryAfterMs: 30 * MINUTE_MS }],
    [2_300_039, 'J', { kind: 'pause', reason: 'account' }],
    [190, 'J', { kind: 'pause', reason: 'account' }],
    [230, 'J', { kind: 'pause', reason: 'account' }],
    [2_300_078, 'K', { kind: 'rate', retryAfterMs: MINUTE_MS }],
    [80_004, 'K', { kind: 'rate', retryAfterMs: MINUTE_MS }],
    [368, 'M', { kind: 'pause', reason: 'page_restricted' }],
  ] as const)('%d (class %s) puts the person back', (code, errorClass, campaignEffect) => {
    expect(settled(code)).toMatchObject({ move: 'requeue', errorClass, campaignEffect });
  });

  it('waits as long as Meta says', () => {
    expect(settled(2_300_061, { remainingSeconds: 90 }).campaignEffect).toEqual({
      kind: 'pacing',
      retryAfterMs: 90_000,
    });
  });

  it('names the rule of the payment (R-26), the budget (R-14) and the Page (R-25)', () => {
    expect([settled(2_300_011).ruleId, settled(2_300_053).ruleId, settled(368).ruleId]).toEqual([
      'R-26',
      'R-14',
      'R-25',
    ]);
  });
});

describe('When the content is wrong (class I)', () => {
  it.each([2_300_010, 2_300_026, 2_300_038, 2_300_071, 2_300_077])('%d fails and pauses the campaign', (code) => {
    expect(settled(code)).toEqual({
      move: 'failed',
      errorClass: 'I',
      campaignEffect: { kind: 'pause', reason: 'content' },
    });
  });
});

describe('When a code comes in the older numbering (2300069–79)', () => {
  it.each([
    [2_300_069, 'F', 'J'],
    [2_300_070, 'F', 'E'],
    [2_300_071, 'H', 'I'],
    [2_300_072, 'G', 'I'],
    [2_300_077, 'H', 'I'],
    [2_300_079, 'G', 'K'],
  ])('%d is class %s where it speaks of money, else %s', (code, ofMoney, listed) => {
    expect(settled(code, { speaksOfMoney: true }).errorClass).toBe(ofMoney);
    expect(settled(code, { remainingSeconds: 60 }).errorClass).toBe(ofMoney);
    expect(settled(code).errorClass).toBe(listed);
  });

  it('keeps both numbers among the facts', () => {
    const failure = aFailure({ code: 2_300_070, speaksOfMoney: true, remainingSeconds: 5 });
    expect(failureFacts(failure)).toEqual({
      code: 2_300_070,
      subcode: null,
      readAs: 2_300_054,
      httpStatus: 400,
      errorClass: 'F',
      remainingSeconds: 5,
    });
  });
});

describe('When the code is passing or known to nobody', () => {
  const WAITS = {
    move: 'requeue',
    errorClass: 'L',
    campaignEffect: { kind: 'pacing', retryAfterMs: MINUTE_MS },
  };
  const PAUSED = { move: 'failed', errorClass: 'E', campaignEffect: { kind: 'pause', reason: 'account' } };

  it.each([2_300_029, 2_300_045, 2_300_050, 987_654])(
    '%d lets the campaign wait once, then pauses it and fails',
    (code) => {
      expect(settled(code, {}, 0)).toEqual(WAITS);
      expect(settled(code, {}, 1)).toEqual(PAUSED);
    },
  );

  it.each([
    ['2', { code: 2 }],
    ['2300008', { code: 2_300_008 }],
    ['a code of no table that Meta calls passing', { code: 987_654, isTransient: true }],
  ])('%s lets the campaign wait once, then pauses it, and nobody fails', (_what, failure) => {
    expect(settleFailure(aFailure(failure), 0, NOW)).toEqual(WAITS);
    expect(settleFailure(aFailure(failure), 1, NOW)).toEqual({
      move: 'requeue',
      errorClass: 'L',
      campaignEffect: { kind: 'pause', reason: 'account' },
    });
  });

  it('waits as long as Meta says', () => {
    expect(settled(2_300_029, { remainingSeconds: 7 }).campaignEffect).toEqual({ kind: 'pacing', retryAfterMs: 7_000 });
  });

  it('means what the table says where Meta calls it passing', () => {
    expect(settled(190, { isTransient: true }).errorClass).toBe('J');
  });
});

describe('Where the code stands', () => {
  it('is read from the subcode, too', () => {
    expect(settled(100, { subcode: 2_300_034 }).optsOut).toBe(true);
  });

  it('is the code alone where nobody knows the subcode', () => {
    expect(classifyFailure(aFailure({ code: 190, subcode: 490 })).kind).toBe('J');
    expect(classifyFailure(aFailure({ code: 10, subcode: 1_893_015 })).kind).toBe('C');
  });
});

describe('Whatever Meta answers', () => {
  it('a send is put back only after a complete refusal, and fails for good only by its own fault', () => {
    const anyFailure = fc.record({
      httpStatus: fc.constantFrom(null, 200, 400, 403, 429, 500, 503),
      code: fc.option(
        fc.oneof(fc.integer({ min: 2_300_000, max: 2_300_085 }), fc.constantFrom(1, 2, 10, 100, 190, 368)),
        { nil: null },
      ),
      subcode: fc.option(fc.constantFrom(99, 2_018_278, 1_893_015, 33), { nil: null }),
      remainingSeconds: fc.option(fc.nat(86_400), { nil: null }),
      speaksOfMoney: fc.boolean(),
      isTransient: fc.boolean(),
    });
    fc.assert(
      fc.property(anyFailure, fc.nat(3), (failure, tries) => {
        const outcome = settleFailure(failure, tries, NOW);
        const isComplete = failure.code !== null && failure.httpStatus !== null && failure.httpStatus < 500;
        if (!isComplete) expect(outcome.move).toBe('unknown');
        if (outcome.move === 'failed') expect(['C', 'D', 'I', 'E']).toContain(outcome.errorClass);
        if (outcome.waitMs !== undefined) expect(outcome.waitMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
