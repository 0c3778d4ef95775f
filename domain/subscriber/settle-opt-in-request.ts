import type { GraphFailure } from '../delivery/classify-failure';
import { classifyFailure } from '../delivery/classify-failure';
import { callRateWaitMs } from '../rules/campaign-rules';
import { OPT_IN_COOLDOWN_MS } from '../rules/opt-in-rules';
import type { RuleId } from '../rules/rule';
import { SECOND_MS } from '../shared/duration';

/** What an opt-in request becomes that Meta did not accept. */
export type OptInRequestOutcome =
  /** Nobody knows whether the person was asked; it counts as asked. */
  | { readonly kind: 'unknown' }
  /** Meta applied a rule; with `waitMs` there is a moment from which it may be asked again. */
  | { readonly kind: 'not_allowed'; readonly ruleId: RuleId; readonly waitMs: number | null }
  /** Meta is busy: asked again after `waitMs`. */
  | { readonly kind: 'retry'; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly ruleId: RuleId | null };

/** Meta's refusals by `code/subcode`. */
const NOT_ALLOWED: Readonly<Record<string, { readonly ruleId: RuleId; readonly waitMs: number | null }>> = {
  '10/2018278': { ruleId: 'R-01', waitMs: null },
  '10/2534022': { ruleId: 'R-01', waitMs: null },
  '613/1893016': { ruleId: 'R-03', waitMs: OPT_IN_COOLDOWN_MS },
  '9/2018352': { ruleId: 'R-05', waitMs: OPT_IN_COOLDOWN_MS },
  '10/1404170': { ruleId: 'R-25', waitMs: null },
  '10/1893063': { ruleId: 'R-25', waitMs: null },
};

/**
 * Decides what becomes of an opt-in request that Meta did not accept.
 *
 * @param failure - Meta's answer, or the lack of one
 * @param nowMs - milliseconds since the Unix epoch
 */
export function settleOptInRequest(failure: GraphFailure, nowMs: number): OptInRequestOutcome {
  const refusal = NOT_ALLOWED[`${failure.code ?? ''}/${failure.subcode ?? ''}`];
  const { kind } = classifyFailure(failure);
  if (kind === 'lost') return { kind: 'unknown' };
  if (refusal !== undefined) return { kind: 'not_allowed', ...refusal };
  if (kind !== 'K' && kind !== 'L') return { kind: 'failed', ruleId: kind === 'M' ? 'R-25' : null };
  const { remainingSeconds } = failure;
  return { kind: 'retry', waitMs: remainingSeconds === null ? callRateWaitMs(nowMs) : remainingSeconds * SECOND_MS };
}
