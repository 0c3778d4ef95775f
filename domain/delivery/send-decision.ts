import type { RuleId } from '../rules/rule';
import type { DecisionFacts } from '../shared/facts';
import type { SendFacts } from './send-facts';

/** The message may go. */
interface SendNow {
  readonly kind: 'send';
  /** The end of the slot that the message takes, milliseconds since the Unix epoch; null in a lane without spacing. */
  readonly slotUntilMs: number | null;
}

/** The message waits. */
export interface HoldBack {
  readonly kind: 'hold';
  readonly ruleId: RuleId;
  readonly facts: DecisionFacts;
  /**
   * `moment`: decided anew at `dueAtMs`. `money`: a raise or returned money. `page`, `campaign`: not this person's
   * matter; the row stays `queued` until the Page or the campaign sends again.
   */
  readonly waitsFor: 'moment' | 'money' | 'page' | 'campaign';
  /** When to decide anew, milliseconds since the Unix epoch; null while it waits for an event. */
  readonly dueAtMs: number | null;
  /** The moment the decision would change, as far as it is known. */
  readonly allowedAtMs: number | null;
}

/** The message does not go. */
export interface RefuseSend {
  readonly kind: 'refuse';
  readonly ruleId: RuleId;
  readonly facts: DecisionFacts;
  /** The moment the decision would change, milliseconds since the Unix epoch; null when none is known. */
  readonly allowedAtMs: number | null;
}

/** What is decided about one message to one person. */
export type SendDecision = SendNow | HoldBack | RefuseSend;

/** A decision against sending. */
export type Objection = HoldBack | RefuseSend;

/** One step of the decision: the objection of one rule, or null. */
export type SendCheck = (facts: SendFacts, nowMs: number) => Objection | null;

/**
 * A refusal.
 *
 * @param ruleId - the rule that refuses
 * @param facts - what it looked at
 * @param allowedAtMs - the moment the decision would change, milliseconds since the Unix epoch
 */
export function refuse(ruleId: RuleId, facts: DecisionFacts, allowedAtMs: number | null = null): RefuseSend {
  return { kind: 'refuse', ruleId, facts, allowedAtMs };
}

/**
 * A wait for something that is not this person's matter.
 *
 * @param waitsFor - whom the wait is for
 * @param ruleId - the rule that holds
 * @param facts - what it looked at
 * @param allowedAtMs - the moment the decision would change, as far as it is known
 */
export function holdFor(
  waitsFor: 'page' | 'campaign',
  ruleId: RuleId,
  facts: DecisionFacts,
  allowedAtMs: number | null,
): HoldBack {
  return { kind: 'hold', ruleId, facts, waitsFor, dueAtMs: allowedAtMs, allowedAtMs };
}

/**
 * A wait until a moment; a moment that the schedule does not reach is a refusal.
 *
 * @param ruleId - the rule that holds
 * @param facts - what it looked at
 * @param dueAtMs - when to decide anew, milliseconds since the Unix epoch
 * @param endAtMs - the end of the schedule, null when there is none
 */
export function holdUntil(ruleId: RuleId, facts: DecisionFacts, dueAtMs: number, endAtMs: number | null): Objection {
  if (endAtMs !== null && dueAtMs >= endAtMs) return refuse(ruleId, { ...facts, afterScheduleEnd: true }, dueAtMs);
  return { kind: 'hold', ruleId, facts, waitsFor: 'moment', dueAtMs, allowedAtMs: dueAtMs };
}
