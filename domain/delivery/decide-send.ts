import { budget } from './budget-checks';
import { campaignState, notTwice, pageIsFree, schedule } from './campaign-checks';
import { nextPaidSlotMs } from './next-paid-slot';
import { consentAndToken, content, noMarketingToLeavers, openWindow, paidExists, region } from './person-checks';
import type { SendCheck, SendDecision } from './send-decision';
import type { SendFacts } from './send-facts';
import { metaCaps, spacing } from './slot-checks';

/** The order of refusals: the first objection is the answer. */
const CHECKS: Readonly<Record<SendFacts['lane'], readonly SendCheck[]>> = {
  paid: [
    campaignState,
    pageIsFree,
    paidExists,
    schedule,
    notTwice,
    consentAndToken,
    region,
    content,
    spacing,
    metaCaps,
    budget,
  ],
  window: [campaignState, pageIsFree, schedule, notTwice, noMarketingToLeavers, content, openWindow],
};

/**
 * Decides one message to one person: send it, hold it, or refuse it, with the rule and the facts.
 *
 * @param facts - what stands in the ledger
 * @param nowMs - the moment to judge, milliseconds since the Unix epoch
 */
export function decideSend(facts: SendFacts, nowMs: number): SendDecision {
  for (const check of CHECKS[facts.lane]) {
    const objection = check(facts, nowMs);
    if (objection !== null) return objection;
  }
  return { kind: 'send', slotUntilMs: facts.lane === 'paid' ? slotTakenUntilMs(facts, nowMs) : null };
}

function slotTakenUntilMs({ page, person }: SendFacts, nowMs: number): number {
  const { oneMessagePerLocalDay } = page;
  return nextPaidSlotMs(nowMs, { oneMessagePerLocalDay, timeZone: person.timeZone ?? page.timeZone });
}
