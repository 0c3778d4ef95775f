import { budget } from './budget-checks';
import { campaignState, notTwice, pageIsFree, schedule } from './campaign-checks';
import { nextPaidSlotMs } from './next-paid-slot';
import { consentAndToken, content, noMarketingToLeavers, openWindow, paidExists, region } from './person-checks';
import type { Objection, RefuseSend, SendCheck, SendDecision } from './send-decision';
import type { SendFacts } from './send-facts';
import { metaCaps, spacing } from './slot-checks';

/** The order of refusals: the first objection is the answer, but a wait for the campaign gives way to a refusal that lasts. */
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

/** What speaks against the person or the message whatever becomes of the campaign. */
const LASTING: Readonly<Record<SendFacts['lane'], readonly SendCheck[]>> = {
  paid: [paidExists, notTwice, consentAndToken, region, content],
  window: [notTwice, noMarketingToLeavers, content],
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
    if (objection === null) continue;
    return waitsForCampaign(objection) ? (lastingRefusal(facts, nowMs) ?? objection) : objection;
  }
  return { kind: 'send', slotUntilMs: facts.lane === 'paid' ? slotTakenUntilMs(facts, nowMs) : null };
}

/** Whether the campaign comes first: nothing is decided about the person yet. */
const waitsForCampaign = (objection: Objection): boolean =>
  objection.kind === 'hold' && objection.waitsFor === 'campaign';

/** Whoever would be refused at the end of the wait is not left waiting. */
function lastingRefusal(facts: SendFacts, nowMs: number): RefuseSend | null {
  for (const check of LASTING[facts.lane]) {
    const objection = check(facts, nowMs);
    if (objection?.kind === 'refuse') return objection;
  }
  return null;
}

function slotTakenUntilMs({ page, person }: SendFacts, nowMs: number): number {
  const { oneMessagePerLocalDay } = page;
  return nextPaidSlotMs(nowMs, { oneMessagePerLocalDay, timeZone: person.timeZone ?? page.timeZone });
}
