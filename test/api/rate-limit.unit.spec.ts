import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/env';
import { RateLimit } from '../../src/http/rate-limit';

const limitOf = (sandbox: '0' | '1') =>
  new RateLimit(loadConfig({ DATABASE_URL: 'postgres://a:b@localhost/c', HERALD_SANDBOX: sandbox }));

describe('The rate limit', () => {
  it.each([
    ['1', 1_000],
    ['0', 100],
  ] as const)('with HERALD_SANDBOX=%s refuses what goes beyond %i a second', (sandbox, limit) => {
    const rates = limitOf(sandbox);
    for (let n = 1; n <= limit; n += 1) {
      expect(rates.take('aurora', 5_500)).toEqual({ limit, remaining: limit - n, exceeded: false });
    }
    expect(rates.take('aurora', 5_999)).toEqual({ limit, remaining: 0, exceeded: true });
  });

  it('counts each workspace alone and begins anew with every second', () => {
    const rates = limitOf('0');
    for (let n = 0; n <= 100; n += 1) rates.take('aurora', 5_000);
    expect(rates.take('borealis', 5_000).exceeded).toBe(false);
    expect(rates.take('aurora', 6_000)).toMatchObject({ remaining: 99, exceeded: false });
  });
});
