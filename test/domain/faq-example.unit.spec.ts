import { describe, expect, it } from '@jest/globals';
import { decideSend } from '../../domain/delivery/decide-send';
import { DAY_MS, HOUR_MS } from '../../domain/shared/duration';
import { aSend, ms } from './builders';

const START = ms('2026-11-02T08:00:00Z');
const SCHEDULE_DAYS = 5;
const UNIT_COST_MINOR = 100;

/** Budget 100.00, five days, every delivered message costs 1.00. */
class Campaign {
  spentMinor = 0;

  /** Chooses people on a day of the campaign, one after the other as a batch does. */
  choose(day: number, people: number): Record<string, number> {
    const nowMs = START + (day - 1) * DAY_MS + 2 * HOUR_MS;
    const outcomes: Record<string, number> = {};
    for (let person = 0; person < people; person += 1) {
      const outcome = this.decide(nowMs);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  }

  private decide(nowMs: number): string {
    const facts = aSend({
      campaign: { startAtMs: START, endAtMs: START + SCHEDULE_DAYS * DAY_MS, readyAtMs: START + HOUR_MS },
      budget: { remainingMinor: 10_000 - this.spentMinor, unitCostMinor: UNIT_COST_MINOR },
    });
    const decision = decideSend(facts, nowMs);
    if (decision.kind !== 'send') return `${decision.kind} ${decision.ruleId}`;
    this.spentMinor += UNIT_COST_MINOR;
    return 'sent';
  }
}

describe("The FAQ's example", () => {
  it('ends with the figures of the FAQ', () => {
    const campaign = new Campaign();
    const totals: number[] = [];
    const day = (number: number, people: number): Record<string, number> => {
      const outcomes = campaign.choose(number, people);
      totals.push(campaign.spentMinor / UNIT_COST_MINOR);
      return outcomes;
    };
    expect(day(1, 20)).toEqual({ sent: 20 });
    expect(day(2, 0)).toEqual({});
    expect(day(3, 50)).toEqual({ sent: 50 });
    expect(day(4, 50)).toEqual({ sent: 30, 'refuse R-14': 20 });
    expect(day(5, 0)).toEqual({});
    expect(day(6, 20)).toEqual({ 'refuse R-16': 20 });
    expect(totals).toEqual([20, 20, 70, 100, 100, 100]);
  });
});
