import { describe, expect, it } from '@jest/globals';
import type { SendState } from '../../domain/delivery/send-transitions';
import { etaOf } from '../../src/campaigns/eta-of';

const PACE = { nowMs: Date.parse('2026-11-22T09:00:00Z'), ratePerSecond: 10, unitCostMinor: 100 };

const eta = (states: [SendState, number][], change: object = {}, remainingMinor = 1_000_000): string | null =>
  etaOf(
    { state: 'active', waitingFor: null, audienceSize: 0, ...change },
    {
      states: new Map(states),
      money: {
        budgetMinor: 0,
        reservedMinor: 0,
        spentMinor: 0,
        metaSpendMinor: null,
        overdrawn: false,
        remainingMinor,
      },
    },
    PACE,
  );

describe('The moment at which a campaign will have written to everyone', () => {
  it('comes with the queued people at the rate of the Page', () => {
    expect(eta([['queued', 100]])).toBe('2026-11-22T09:00:10.000Z');
  });

  it('counts whoever is on the way, and whoever of the audience is undecided', () => {
    const states: [SendState, number][] = [
      ['claimed', 5],
      ['sending', 5],
      ['refused', 20],
      ['delivered', 70],
    ];
    expect(eta(states, { audienceSize: 200 })).toBe('2026-11-22T09:00:11.000Z');
  });

  it('leaves out whom the budget does not reach', () => {
    expect(eta([['queued', 100]], {}, 1_050)).toBe('2026-11-22T09:00:01.000Z');
  });

  it.each<[string, [SendState, number][], object]>([
    ['nobody is left', [['delivered', 100]], {}],
    ['it waits for something', [['queued', 100]], { waitingFor: { what: 'population' } }],
    ['it is paused', [['queued', 100]], { state: 'paused' }],
  ])('is not known while %s', (_case, states, change) => {
    expect(eta(states, change)).toBeNull();
  });
});
