import { describe, expect, it } from '@jest/globals';
import { budgetDay, nextBudgetDayAtMs } from '../../domain/campaign/budget-day';
import { audienceBatchSize, batchSize, payableMessages } from '../../domain/campaign/plan-batch';
import type { PriceFacts } from '../../domain/campaign/price';
import { defaultUnitCostMinor, minorDigits, moneyInWords, unitCost } from '../../domain/campaign/price';
import { HOUR_MS } from '../../domain/shared/duration';
import { NOW, ms } from './builders';

function aPrice(changes: Partial<PriceFacts> = {}): PriceFacts {
  return {
    bidMinor: null,
    estimateUpperMinor: null,
    observedMinor: null,
    currency: 'USD',
    defaultMinor: null,
    ...changes,
  };
}

describe('The price of a message', () => {
  it.each([
    ['the bid', { bidMinor: 7, estimateUpperMinor: 9, observedMinor: 3 }, 7, 'bid'],
    ["Meta's estimate, rounded up", { estimateUpperMinor: 4.2, observedMinor: 3 }, 5, 'estimate'],
    ['what was observed', { estimateUpperMinor: 0, observedMinor: 3 }, 3, 'observed'],
    ["the operator's default", { defaultMinor: 11 }, 11, 'default'],
    ["the currency's default", {}, 5, 'default'],
    ["another currency's default", { currency: 'vnd' }, 1300, 'default'],
  ])('is %s', (_what, changes, unitCostMinor, source) => {
    expect(unitCost(aPrice(changes), NOW)).toEqual({ unitCostMinor, source });
  });

  it('has a default in every currency', () => {
    expect([defaultUnitCostMinor('XXX', NOW), defaultUnitCostMinor('CRC', NOW)]).toEqual([5, 26]);
  });
});

describe('An amount', () => {
  it.each(['CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])(
    'of %s has no minor units',
    (currency) => {
      expect(minorDigits(currency)).toBe(0);
    },
  );

  it('is written with its currency', () => {
    expect([moneyInWords(1_250, 'USD'), moneyInWords(1_250, 'VND')]).toEqual(['12.50 USD', '1250 VND']);
  });
});

describe('A batch', () => {
  it.each([
    [0.001, 1],
    [1, 60],
    [8.33, 499],
    [10, 500],
    [300, 500],
  ])('holds what %d a second send in a minute: %d', (rate, size) => {
    expect(batchSize(rate)).toBe(size);
  });

  it.each([
    [99, 0],
    [100, 1],
    [199, 1],
    [-5, 0],
    [1_000_000, 500],
  ])('of an audience stops before those whom %d cannot pay: %d', (remainingMinor, size) => {
    expect(audienceBatchSize(300, remainingMinor, 100)).toBe(size);
  });

  it('is not bounded by money where messages cost nothing', () => {
    expect(payableMessages(0, 0)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('A budget day', () => {
  it("is the ad account's local day", () => {
    expect(budgetDay(ms('2026-11-22T16:00:00Z'), 'Asia/Singapore')).toBe('2026-11-23');
    expect(budgetDay(ms('2026-11-22T15:59:59.999Z'), 'Asia/Singapore')).toBe('2026-11-22');
  });

  it('has 23, 24 or 25 hours', () => {
    const hours = (midnight: string): number =>
      (nextBudgetDayAtMs(ms(midnight), 'America/New_York') - ms(midnight)) / HOUR_MS;
    expect(['2026-03-08T05:00:00Z', '2026-11-01T04:00:00Z', '2026-11-22T05:00:00Z'].map(hours)).toEqual([23, 25, 24]);
  });
});
