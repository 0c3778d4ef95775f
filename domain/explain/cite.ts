import type { RuleId } from '../rules/rule';
import { figuresAt } from '../rules/rule';
import { ruleById } from '../rules/rules';
import { timeInWords } from './words';

/**
 * A rule with its date and source, for the end of a sentence.
 *
 * @param ruleId - the rule
 * @param atMs - the moment it was applied, milliseconds since the Unix epoch
 * @returns for example `(R-14 "A budget is a limit", in force since 2025-07-01, source: Meta's FAQ …)`
 */
export function cite(ruleId: RuleId, atMs: number): string {
  const rule = ruleById(ruleId);
  return `(${ruleId} "${rule.title}", in force since ${figuresAt(rule, atMs).from}, source: ${rule.source.label})`;
}

const EVENTS: Partial<Record<RuleId, string>> = {
  'R-01': 'it changes when the person writes',
  'R-11': 'it changes when the person opts in again',
  'R-14': 'it changes with a higher budget or with returned money',
  'R-24': 'it changes with other content or a value for the person',
  'R-25': 'it changes when Meta lifts the restriction',
  'R-26': 'it changes when the payment works again',
  'R-27': 'other content may still go',
  'R-32': 'it changes when the person writes',
};

/**
 * When or by what a decision would change, as a clause.
 *
 * @param ruleId - the rule that decided
 * @param allowedAtMs - the moment, milliseconds since the Unix epoch; null when none is known
 * @returns a clause with its separator, empty when nothing changes it
 */
export function changeOf(ruleId: RuleId, allowedAtMs: number | null): string {
  if (allowedAtMs !== null) return `; it would be allowed from ${timeInWords(allowedAtMs)}`;
  const event = EVENTS[ruleId];
  return event === undefined ? '' : `; ${event}`;
}
