import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from '../../domain/shared/duration';
import { settleOptInRequest } from '../../domain/subscriber/settle-opt-in-request';
import { NOW } from './builders';

function outcome(code: number | null, subcode: number | null = null, httpStatus: number | null = 400): unknown {
  return settleOptInRequest(
    { httpStatus, code, subcode, remainingSeconds: null, speaksOfMoney: false, isTransient: false },
    NOW,
  );
}

describe('An opt-in request that Meta does not accept', () => {
  it.each([
    [10, 2_018_278, { kind: 'not_allowed', ruleId: 'R-01', waitMs: null }],
    [10, 2_534_022, { kind: 'not_allowed', ruleId: 'R-01', waitMs: null }],
    [613, 1_893_016, { kind: 'not_allowed', ruleId: 'R-03', waitMs: 7 * DAY_MS }],
    [9, 2_018_352, { kind: 'not_allowed', ruleId: 'R-05', waitMs: 7 * DAY_MS }],
    [10, 1_404_170, { kind: 'not_allowed', ruleId: 'R-25', waitMs: null }],
    [613, null, { kind: 'retry', waitMs: 60_000 }],
    [2, null, { kind: 'retry', waitMs: 60_000 }],
    [551, 1_545_041, { kind: 'failed', ruleId: null }],
    [190, null, { kind: 'failed', ruleId: null }],
    [368, null, { kind: 'failed', ruleId: 'R-25' }],
  ])('with %s/%s', (code, subcode, expected) => {
    expect(outcome(code, subcode)).toEqual(expected);
  });

  it('counts as asked when the answer is lost', () => {
    expect(outcome(null, null, null)).toEqual({ kind: 'unknown' });
    expect(outcome(10, 2_018_278, 503)).toEqual({ kind: 'unknown' });
    expect(outcome(1)).toEqual({ kind: 'unknown' });
  });
});
