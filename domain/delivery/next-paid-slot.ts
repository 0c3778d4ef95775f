import { paidSpacingMs } from '../rules/spacing-rules';
import { nextLocalMidnightMs } from '../shared/local-time';

/** What the length of a person's slot depends on. */
export interface SlotFacts {
  /** The house rule of R-08. */
  readonly oneMessagePerLocalDay: boolean;
  /** IANA name: the person's zone where it is known, else the Page's. */
  readonly timeZone: string;
}

/**
 * When the next paid message to a person may go. Source: R-08.
 *
 * Someone who got one at 08:00 may get the next at 20:00 by Meta's rule, at midnight by the house rule: the later counts.
 *
 * @param sentAtMs - the moment of the last paid message, milliseconds since the Unix epoch
 * @param facts - the house rule and the local day
 * @param nowMs - the moment whose rule counts, milliseconds since the Unix epoch
 */
export function nextPaidSlotMs(sentAtMs: number, facts: SlotFacts, nowMs: number = sentAtMs): number {
  const spacedMs = sentAtMs + paidSpacingMs(nowMs);
  return facts.oneMessagePerLocalDay ? Math.max(spacedMs, nextLocalMidnightMs(sentAtMs, facts.timeZone)) : spacedMs;
}
