import { isoTime } from '../shared/iso-time';
import type { DecisionFacts } from '../shared/facts';

/**
 * A moment for people.
 *
 * @param time - ISO 8601, or milliseconds since the Unix epoch
 * @returns for example `2026-11-22 09:00 UTC`
 */
export function timeInWords(time: string | number): string {
  const text = typeof time === 'number' ? isoTime(time) : time;
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/**
 * A fact as text.
 *
 * @param facts - the facts of a decision
 * @param name - the fact's name
 * @returns the text, or null when there is no such text
 */
export function textOf(facts: DecisionFacts, name: string): string | null {
  const fact = facts[name];
  return typeof fact === 'string' && fact !== '' ? fact : null;
}

/**
 * A fact as number.
 *
 * @param facts - the facts of a decision
 * @param name - the fact's name
 * @returns the number, or null when there is no such number
 */
export function numberOf(facts: DecisionFacts, name: string): number | null {
  const fact = facts[name];
  return typeof fact === 'number' ? fact : null;
}

/**
 * A clause about a moment among the facts.
 *
 * @param facts - the facts of a decision
 * @param name - the fact's name
 * @param before - what stands before the moment, for example `until`
 * @returns for example ` until 2026-11-22 09:00 UTC`; empty when there is no such moment
 */
export function clauseAt(facts: DecisionFacts, name: string, before: string): string {
  const time = textOf(facts, name);
  return time === null ? '' : ` ${before} ${timeInWords(time)}`;
}
