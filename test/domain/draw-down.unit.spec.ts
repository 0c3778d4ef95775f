import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DrawDownState } from '../../domain/campaign/draw-down';
import { decideNext } from '../../domain/campaign/draw-down';
import { DAY_MS, HOUR_MS } from '../../domain/shared/duration';
import { NOW } from './builders';

const USED_UP = { kind: 'lifetime', remainingMinor: 99, unitCostMinor: 100, nextBudgetDayAtMs: null } as const;
const DAY_USED_UP = { ...USED_UP, kind: 'daily', nextBudgetDayAtMs: NOW + DAY_MS } as const;

function aState(changes: Partial<DrawDownState> = {}): DrawDownState {
  return {
    nowMs: NOW,
    endAtMs: NOW + 5 * DAY_MS,
    notBeforeMs: null,
    budget: { kind: 'lifetime', remainingMinor: 1_000, unitCostMinor: 100, nextBudgetDayAtMs: null },
    queued: 0,
    audienceLeft: 0,
    nextHeldDueMs: null,
    heldForMoney: 0,
    hasOpenBatch: false,
    inFlight: 0,
    frozenAudience: false,
    ...changes,
  };
}

describe('When the schedule has ended', () => {
  it('ends, whatever is left', () => {
    expect(decideNext(aState({ endAtMs: NOW, queued: 5, hasOpenBatch: true }))).toEqual({ kind: 'ended' });
  });
});

describe('When Meta asked to wait', () => {
  it('waits until then, and not longer', () => {
    expect(decideNext(aState({ notBeforeMs: NOW + 1, queued: 5 }))).toEqual({ kind: 'waitUntil', untilMs: NOW + 1 });
    expect(decideNext(aState({ notBeforeMs: NOW, queued: 5 }))).toEqual({ kind: 'nextBatch' });
  });
});

describe('When there is somebody to decide', () => {
  it.each([
    ['chosen people', { queued: 1 }],
    ['chosen people, without money: each gets a reason', { queued: 1, budget: USED_UP }],
    ['a batch that is not closed', { hasOpenBatch: true, budget: USED_UP }],
    ['someone held whose time has come', { nextHeldDueMs: NOW }],
    ['an audience that the budget can pay', { audienceLeft: 1 }],
    ['someone who waits for the money that came', { heldForMoney: 1 }],
  ])('takes %s', (_what, changes) => {
    expect(decideNext(aState(changes))).toEqual({ kind: 'nextBatch' });
  });
});

describe('When the budget is used up', () => {
  it('waits for a raise under a lifetime budget', () => {
    expect(decideNext(aState({ audienceLeft: 9, budget: USED_UP }))).toEqual({ kind: 'waitRaise', untilMs: null });
    expect(decideNext(aState({ budget: USED_UP, nextHeldDueMs: NOW + 1 }))).toEqual({
      kind: 'waitRaise',
      untilMs: NOW + 1,
    });
  });

  it('waits for the next budget day under a daily one, and looks at the held before', () => {
    const waiting = aState({ audienceLeft: 9, budget: DAY_USED_UP, nextHeldDueMs: NOW + HOUR_MS });
    expect(decideNext(waiting)).toEqual({
      kind: 'waitBudgetDay',
      budgetDayAtMs: NOW + DAY_MS,
      untilMs: NOW + HOUR_MS,
    });
  });
});

describe('When nobody is left to decide', () => {
  it('waits for the held', () => {
    const facts = { nextHeldDueMs: NOW + HOUR_MS, frozenAudience: true };
    expect(decideNext(aState(facts))).toEqual({ kind: 'waitHeld', untilMs: NOW + HOUR_MS });
  });

  it('is complete with a frozen audience, also with the last of the money', () => {
    expect(decideNext(aState({ frozenAudience: true }))).toEqual({ kind: 'complete' });
    expect(decideNext(aState({ frozenAudience: true, budget: USED_UP }))).toEqual({ kind: 'complete' });
  });

  it('lives on where people are chosen one by one', () => {
    expect(decideNext(aState())).toEqual({ kind: 'waitRecipients' });
    expect(decideNext(aState({ budget: USED_UP }))).toEqual({ kind: 'waitRaise', untilMs: null });
  });
});

describe('While messages are in flight', () => {
  const SOON = NOW + 2_000;

  it.each([
    ['a frozen audience of which nobody is left to decide', { frozenAudience: true }, 'waitAnswers'],
    ['the same with the last of the money', { frozenAudience: true, budget: USED_UP }, 'waitAnswers'],
    ['people chosen one by one', {}, 'waitAnswers'],
    ['people held for long', { nextHeldDueMs: NOW + HOUR_MS }, 'waitAnswers'],
    ['a budget used up', { audienceLeft: 9, budget: USED_UP }, 'waitRaise'],
    ['a day used up', { audienceLeft: 9, budget: DAY_USED_UP, nextHeldDueMs: NOW + HOUR_MS }, 'waitBudgetDay'],
  ])('looks again soon: %s', (_what, changes, kind) => {
    expect(decideNext(aState({ ...changes, inFlight: 1 }))).toMatchObject({ kind, untilMs: SOON });
  });

  it('looks again sooner where somebody held is due', () => {
    expect(decideNext(aState({ inFlight: 1, nextHeldDueMs: NOW + 1 }))).toMatchObject({ untilMs: NOW + 1 });
  });

  it('takes the next batch where there is somebody to decide', () => {
    expect(decideNext(aState({ inFlight: 1, queued: 1 }))).toEqual({ kind: 'nextBatch' });
  });
});

describe('Whatever the state', () => {
  it('never waits for a moment that has passed, and never leaves the payable alone', () => {
    const state = fc.record({
      notBeforeMs: fc.option(fc.integer({ min: NOW - 5, max: NOW + 5 }), { nil: null }),
      queued: fc.nat(2),
      audienceLeft: fc.nat(2),
      heldForMoney: fc.nat(2),
      inFlight: fc.nat(1),
      nextHeldDueMs: fc.option(fc.integer({ min: NOW - 5, max: NOW + 5 }), { nil: null }),
      frozenAudience: fc.boolean(),
      budget: fc.constantFrom(USED_UP, DAY_USED_UP, aState().budget),
    });
    fc.assert(
      fc.property(state, (changes) => {
        const facts = aState(changes);
        const step = decideNext(facts);
        if ('untilMs' in step && step.untilMs !== null) expect(step.untilMs).toBeGreaterThan(NOW);
        const isPayable = facts.budget.remainingMinor >= facts.budget.unitCostMinor;
        const mayStart = facts.notBeforeMs === null || facts.notBeforeMs <= NOW;
        if (mayStart && isPayable && facts.audienceLeft > 0) expect(step.kind).toBe('nextBatch');
      }),
    );
  });
});
