import type { CampaignReason } from '../campaign/campaign-transitions';
import { callRateWaitMs, pacingWaitMs, passingWaitMs, probeAgainMs } from '../rules/campaign-rules';
import type { RuleId } from '../rules/rule';
import { metaCapWaitMs, paidSpacingMs, unreachableWaitMs } from '../rules/spacing-rules';
import { SECOND_MS } from '../shared/duration';
import type { ClassifiedFailure, GraphFailure } from './classify-failure';
import { classifyFailure } from './classify-failure';
import type { ErrorClass } from './failure-codes';

/** What a failure does to the campaign, or to the rate of its Page. */
export type CampaignEffect =
  | { readonly kind: 'not_ready'; readonly retryAfterMs: number }
  | {
      readonly kind: 'pause';
      readonly reason: Extract<CampaignReason, 'payment' | 'content' | 'account' | 'page_restricted'>;
    }
  | { readonly kind: 'budget_daily' }
  | { readonly kind: 'budget_lifetime' }
  | { readonly kind: 'rate'; readonly retryAfterMs: number }
  | { readonly kind: 'pacing'; readonly retryAfterMs: number }
  | { readonly kind: 'end'; readonly reason: Extract<CampaignReason, 'account'> };

/** What a failed send becomes, and what else follows. */
export interface FailureOutcome {
  /** `person_wait`: `held` or `refused`, by `whenSlotTaken`. `requeue`: slot and money back, `queued`. */
  readonly move: 'failed' | 'person_wait' | 'requeue' | 'unknown';
  readonly errorClass: ErrorClass;
  readonly ruleId?: RuleId;
  /** The token that was used is of no more use. */
  readonly endsToken?: boolean;
  /** The person has stopped marketing. */
  readonly optsOut?: boolean;
  /** The person is in a region that gets no paid messages: theirs is `excluded` from now on. */
  readonly excludesRegion?: boolean;
  /** How long this person waits, milliseconds; absent where only an event helps. */
  readonly waitMs?: number;
  readonly campaignEffect?: CampaignEffect;
}

/** What an outcome depends on beside the code. */
interface Circumstances extends ClassifiedFailure {
  /** How often this send was put back or left waiting before. */
  readonly tries: number;
  /** Meta's own word on the wait, milliseconds; null when it gave none. */
  readonly remainingMs: number | null;
  readonly nowMs: number;
}

const STOPPED = 2_300_034;
/** Code 10 is of class C only where the person stopped the topic of a recurring notification. */
const UNUSABLE_TOKENS = [2_300_004, STOPPED, 2_300_037, 10];
const SPACING_NOT_OVER = 2_300_035;
const META_CAPS = [2_300_042, 2_300_043, 2_300_044];
const WINDOW_CLOSED = [2_018_278, 2_534_022, 2_018_065];
const PERSON_REGION = 2_300_032;
const DAILY_BUDGET = 2_300_054;
/** Nothing that an operator does makes this campaign send. */
const CAMPAIGN_BROKEN = [2_300_001, 2_300_006, 2_300_009, 2_300_014, 2_300_020, 2_300_064, 2_300_065, 2_300_070];

/**
 * Decides what becomes of a send that Meta did not accept.
 *
 * @param failure - Meta's answer, or the lack of one
 * @param tries - how often this send was put back or left waiting before
 * @param nowMs - milliseconds since the Unix epoch
 */
export function settleFailure(failure: GraphFailure, tries: number, nowMs: number): FailureOutcome {
  const { remainingSeconds } = failure;
  const remainingMs = remainingSeconds === null ? null : remainingSeconds * SECOND_MS;
  const classified = classifyFailure(failure);
  return outcomeOf({ ...classified, tries, remainingMs, nowMs }, failure.subcode);
}

function outcomeOf(seen: Circumstances, subcode: number | null): FailureOutcome {
  switch (seen.kind) {
    case 'lost':
      return { move: 'unknown', errorClass: 'L' };
    case 'A':
      return requeue(
        'A',
        { kind: 'not_ready', retryAfterMs: seen.remainingMs ?? probeAgainMs(seen.code, seen.nowMs) },
        'R-13',
      );
    case 'B':
      return { move: 'person_wait', errorClass: 'B', ...personWait(seen, subcode) };
    case 'C':
      return tokenEnds(seen.code);
    case 'D':
      return region(seen.code);
    case 'E':
      return requeue('E', CAMPAIGN_BROKEN.includes(seen.code) ? { kind: 'end', reason: 'account' } : pause('account'));
    case 'F':
      return requeue('F', { kind: seen.code === DAILY_BUDGET ? 'budget_daily' : 'budget_lifetime' }, 'R-14');
    case 'G':
      return requeue('G', pause('payment'), 'R-26');
    case 'H':
      return requeue('H', { kind: 'pacing', retryAfterMs: seen.remainingMs ?? pacingWaitMs(seen.nowMs) });
    case 'I':
      return { move: 'failed', errorClass: 'I', campaignEffect: pause('content') };
    case 'J':
      return requeue('J', pause('account'));
    case 'K':
      return requeue('K', { kind: 'rate', retryAfterMs: seen.remainingMs ?? callRateWaitMs(seen.nowMs) });
    case 'L':
      return requeue('L', seen.tries === 0 ? passing(seen) : pause('account'));
    case 'unlisted':
      return seen.tries === 0
        ? requeue('L', passing(seen))
        : { move: 'failed', errorClass: 'E', campaignEffect: pause('account') };
    case 'M':
      return requeue('M', pause('page_restricted'), 'R-25');
  }
}

function requeue(errorClass: ErrorClass, campaignEffect: CampaignEffect, ruleId?: RuleId): FailureOutcome {
  return { move: 'requeue', errorClass, campaignEffect, ...(ruleId === undefined ? {} : { ruleId }) };
}

/** It may be over soon, for everybody at once: the campaign waits, and is paused where it is not. */
const passing = ({ remainingMs, nowMs }: Circumstances): CampaignEffect => ({
  kind: 'pacing',
  retryAfterMs: remainingMs ?? passingWaitMs(nowMs),
});

function pause(reason: 'payment' | 'content' | 'account' | 'page_restricted'): CampaignEffect {
  return { kind: 'pause', reason };
}

function tokenEnds(code: number): FailureOutcome {
  const endsToken = UNUSABLE_TOKENS.includes(code);
  const optsOut = code === STOPPED;
  return {
    move: 'failed',
    errorClass: 'C',
    ...(endsToken && { endsToken, ruleId: 'R-11' as const }),
    ...(optsOut && { optsOut }),
  };
}

function region(code: number): FailureOutcome {
  const failed = { move: 'failed', errorClass: 'D', ruleId: 'R-18' } as const;
  return code === PERSON_REGION ? { ...failed, excludesRegion: true } : { ...failed, campaignEffect: pause('account') };
}

function personWait(seen: Circumstances, subcode: number | null): Pick<FailureOutcome, 'ruleId' | 'waitMs'> {
  if (subcode !== null && WINDOW_CLOSED.includes(subcode)) return { ruleId: 'R-32' };
  if (seen.code === SPACING_NOT_OVER) return { ruleId: 'R-08', waitMs: seen.remainingMs ?? paidSpacingMs(seen.nowMs) };
  return { ruleId: 'R-20', waitMs: seen.remainingMs ?? unnamedWaitMs(seen) };
}

/** Whoever cannot be reached just now is tried once more soon; whoever is over a cap is left alone for the day. */
function unnamedWaitMs({ code, tries, nowMs }: Circumstances): number {
  return META_CAPS.includes(code) || tries > 0 ? metaCapWaitMs(nowMs) : unreachableWaitMs(nowMs);
}
