import { earliestMs } from '../shared/facts';
import { payableMessages } from './plan-batch';

/** What is in flight gets its answer or its deadline; after this long it is looked at again. */
export const LOOK_AGAIN_MS = 2_000;

/** How far a campaign has got, as its workflow reads it before every step; moments in milliseconds since the epoch. */
export interface DrawDownState {
  readonly nowMs: number;
  readonly endAtMs: number | null;
  /** No batch before this moment: Meta's pacing, a call rate, a campaign not ready; null when nothing holds it. */
  readonly notBeforeMs: number | null;
  readonly budget: {
    readonly kind: 'daily' | 'lifetime';
    readonly remainingMinor: number;
    readonly unitCostMinor: number;
    readonly nextBudgetDayAtMs: number | null;
  };
  /** Chosen people not yet decided. */
  readonly queued: number;
  /** People of the audience whom no batch has decided yet; 0 for a campaign of chosen individuals. */
  readonly audienceLeft: number;
  /** The earliest due time among the held. */
  readonly nextHeldDueMs: number | null;
  /** Held without a due time: they wait for money. */
  readonly heldForMoney: number;
  /** The campaign's own batch is not closed: it goes on before anything else. */
  readonly hasOpenBatch: boolean;
  /** Claimed or sending, by whomever: any of them may still be queued or held again. */
  readonly inFlight: number;
  /** Fixed at the start: when everyone was reached the campaign is complete. */
  readonly frozenAudience: boolean;
}

/**
 * What the campaign does next; `untilMs` is when to look again without a signal, null when only an event helps.
 */
export type DrawDownStep =
  | { readonly kind: 'nextBatch' }
  | { readonly kind: 'waitUntil'; readonly untilMs: number }
  | { readonly kind: 'waitBudgetDay'; readonly budgetDayAtMs: number; readonly untilMs: number }
  | { readonly kind: 'waitRaise'; readonly untilMs: number | null }
  | { readonly kind: 'waitHeld'; readonly untilMs: number }
  | { readonly kind: 'waitAnswers'; readonly untilMs: number }
  | { readonly kind: 'waitRecipients' }
  | { readonly kind: 'complete' }
  | { readonly kind: 'ended' };

/**
 * Decides the next step of a campaign that sends.
 *
 * Chosen people are always decided, also without money: each gets a refusal or a wait with its reason. Only an audience
 * stops before those whom the budget cannot pay. While anything is in flight nothing is complete and no wait is long: a
 * subscriber's own workflow puts its message back to the queue without a word to the campaign, and nobody else sends it.
 *
 * @param state - how far the campaign has got
 */
export function decideNext(state: DrawDownState): DrawDownStep {
  if (state.endAtMs !== null && state.nowMs >= state.endAtMs) return { kind: 'ended' };
  if (state.notBeforeMs !== null && state.nowMs < state.notBeforeMs) {
    return { kind: 'waitUntil', untilMs: state.notBeforeMs };
  }
  if (hasWork(state)) return { kind: 'nextBatch' };
  const lookAtMs = state.inFlight > 0 ? state.nowMs + LOOK_AGAIN_MS : null;
  if (hasDecidedEveryone(state)) return lookAtMs === null ? { kind: 'complete' } : waitForAnswers(state, lookAtMs);
  if (!isPayable(state)) return waitForMoney(state, lookAtMs);
  if (lookAtMs !== null) return waitForAnswers(state, lookAtMs);
  return state.nextHeldDueMs === null ? { kind: 'waitRecipients' } : { kind: 'waitHeld', untilMs: state.nextHeldDueMs };
}

function isPayable({ budget }: DrawDownState): boolean {
  return payableMessages(budget.remainingMinor, budget.unitCostMinor) > 0;
}

function hasWork(state: DrawDownState): boolean {
  const isHeldDue = state.nextHeldDueMs !== null && state.nextHeldDueMs <= state.nowMs;
  const waitsForMoney = state.audienceLeft > 0 || state.heldForMoney > 0;
  return state.hasOpenBatch || state.queued > 0 || isHeldDue || (waitsForMoney && isPayable(state));
}

function hasDecidedEveryone(state: DrawDownState): boolean {
  return state.frozenAudience && state.audienceLeft === 0 && state.nextHeldDueMs === null && state.heldForMoney === 0;
}

function waitForAnswers({ nextHeldDueMs }: DrawDownState, lookAtMs: number): DrawDownStep {
  return { kind: 'waitAnswers', untilMs: earliestMs(lookAtMs, nextHeldDueMs) ?? lookAtMs };
}

function waitForMoney({ budget, nextHeldDueMs }: DrawDownState, lookAtMs: number | null): DrawDownStep {
  const { kind, nextBudgetDayAtMs } = budget;
  const nextLookMs = earliestMs(lookAtMs, nextHeldDueMs);
  if (kind === 'lifetime' || nextBudgetDayAtMs === null) return { kind: 'waitRaise', untilMs: nextLookMs };
  const untilMs = earliestMs(nextBudgetDayAtMs, nextLookMs) ?? nextBudgetDayAtMs;
  return { kind: 'waitBudgetDay', budgetDayAtMs: nextBudgetDayAtMs, untilMs };
}
