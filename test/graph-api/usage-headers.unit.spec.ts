import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readUsage } from '../../src/graph-api/usage-headers';

const app = '{"call_count":28,"total_time":25,"total_cputime":25}';
const business =
  '{"77":[{"type":"ads_management","call_count":95,"total_cputime":20,"total_time":20,"estimated_time_to_regain_access":3}],"78":[{"call_count":4}]}';
const adAccount = '{"acc_id_util_pct":99.67,"reset_time_duration":100}';

describe('readUsage', () => {
  it.each([
    ['of the app', { 'x-app-usage': app }, { percent: 28, regainAfterMs: 0 }],
    ['of the business', { 'x-business-use-case-usage': business }, { percent: 95, regainAfterMs: 180_000 }],
    ['of the ad account', { 'x-ad-account-usage': adAccount }, { percent: 99.67, regainAfterMs: 100_000 }],
    [
      'that is fullest',
      { 'x-app-usage': app, 'x-business-use-case-usage': business, 'x-ad-account-usage': adAccount },
      { percent: 99.67, regainAfterMs: 100_000 },
    ],
    ['that is none', {}, { percent: 0, regainAfterMs: 0 }],
    ['that cannot be read', { 'x-app-usage': '{', 'x-ad-account-usage': '[]' }, { percent: 0, regainAfterMs: 0 }],
  ])('takes the limit %s', (_which, headers, expected) => {
    expect(readUsage(headers)).toEqual(expected);
  });

  it('never throws and never gives a number that is none', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.json(), (a, b, c) => {
        const usage = readUsage({ 'x-app-usage': a, 'x-business-use-case-usage': b, 'x-ad-account-usage': c });
        expect(Number.isFinite(usage.percent) && Number.isFinite(usage.regainAfterMs)).toBe(true);
      }),
    );
  });
});
