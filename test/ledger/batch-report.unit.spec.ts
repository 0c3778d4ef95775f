import { describe, expect, it } from '@jest/globals';
import type { BatchReport } from '../../src/ledger/batch-report';
import { Progress } from '../../src/ledger/batch-report';
import { Supply } from '../../src/ledger/supply';

describe('What a run came to', () => {
  it('is told in parts, each once, and what could not be told with the next part', async () => {
    const told: BatchReport[] = [];
    let isAway = true;
    const progress = new Progress((report) => {
      if (isAway) return Promise.reject(new Error('The database is away.'));
      told.push(report);
      return Promise.resolve(true);
    });
    progress.add({ claimed: 5, accepted: 2 });
    const failed = expect(progress.tell()).rejects.toThrow('away');
    progress.add({ accepted: 3, effect: { kind: 'pacing', retryAfterMs: 1, code: null } });
    await failed;
    isAway = false;
    await progress.tell();
    progress.add({ unknown: 1 });
    await progress.tell();
    expect(told).toMatchObject([
      { claimed: 5, accepted: 5, unknown: 0, effect: { kind: 'pacing' } },
      { claimed: 0, accepted: 0, unknown: 1, effect: null },
    ]);
    expect(progress.total).toMatchObject({ claimed: 5, accepted: 5, unknown: 1, effect: { kind: 'pacing' } });
  });
});

describe('What a batch still has', () => {
  const rate = { granted: 64, ratePerSecond: 300 };
  /** Says how many to claim, when it is asked. */
  const supplyOf = (left: number) => {
    const asked: number[] = [];
    const answers: ((claimed: number) => void)[] = [];
    const supply = new Supply(left, (now) => {
      asked.push(now);
      return new Promise((resolve) => answers.push(resolve));
    });
    return { supply, asked, answer: (claimed: number) => answers.shift()?.(claimed) };
  };

  it('is added to when six slices are left, once at a time, and no more when nobody was found', async () => {
    const { supply, asked, answer } = supplyOf(500);
    const step = { found: 65, left: 64, rate };
    supply.took(step);
    supply.order(step);
    expect(asked).toEqual([]);
    supply.took(step);
    supply.order(step);
    supply.order(step);
    expect([asked, supply.isComing]).toEqual([[372], true]);
    answer(10);
    await supply.untilNothingComes();
    supply.order(step);
    expect(asked).toEqual([372, 382]);
    answer(0);
    await supply.untilNothingComes();
    supply.order(step);
    expect([asked.length, supply.isComing]).toEqual([2, false]);
  });

  it('is not added to beyond what the rate sends in a minute, nor where it is not known', () => {
    const { supply, asked } = supplyOf(128);
    supply.order({ rate: { granted: 0, ratePerSecond: 10 } });
    supply.order({ rate: null });
    const unknown = supplyOf(0);
    unknown.supply.order({ rate });
    expect([...asked, ...unknown.asked]).toEqual([]);
  });

  it('counts what came while a step was under way', async () => {
    const { supply, asked, answer } = supplyOf(65);
    supply.order({ rate });
    await supply.untilASlice(1);
    answer(100);
    await supply.untilNothingComes();
    supply.took({ found: 65, left: 1, rate });
    supply.order({ rate });
    supply.took({ found: 64, left: 0, rate });
    supply.order({ rate });
    expect(asked).toEqual([65, 101]);
  });
});
