import { paidSpacingMs } from '../rules/spacing-rules';
import type { DecisionFacts } from '../shared/facts';
import { latestMs } from '../shared/facts';
import { durationInWords } from '../shared/duration';
import { isoTimeOrNull } from '../shared/iso-time';
import type { Objection, SendCheck } from './send-decision';
import { holdUntil, refuse } from './send-decision';
import type { MetaPaidRule, PersonFacts, SendFacts } from './send-facts';

/** the later of our own slot and Meta's word. */
export const spacing: SendCheck = (facts, nowMs) => {
  const untilMs = latestMs(facts.person.paidSlotUntilMs, metaWordMs(facts.person, 'R-08'));
  return untilMs === null || nowMs >= untilMs ? null : slotTaken('R-08', facts, spacingFacts(facts, nowMs));
};

/** Meta's own caps, as Meta last said. */
export const metaCaps: SendCheck = (facts, nowMs) => {
  const untilMs = metaWordMs(facts.person, 'R-20');
  if (untilMs === null || nowMs >= untilMs) return null;
  return slotTaken('R-20', facts, { metaUntil: isoTimeOrNull(untilMs) });
};

/** Meta's word without a rule is about spacing: the token list names no other reason. */
function metaWordMs(person: PersonFacts, rule: MetaPaidRule): number | null {
  return (person.metaPaidRule ?? 'R-08') === rule ? person.metaPaidUntilMs : null;
}

function spacingFacts({ person, page }: SendFacts, nowMs: number): DecisionFacts {
  return {
    slotUntil: isoTimeOrNull(person.paidSlotUntilMs),
    metaUntil: isoTimeOrNull(person.metaPaidUntilMs),
    spacing: durationInWords(paidSpacingMs(nowMs)),
    oneMessagePerLocalDay: page.oneMessagePerLocalDay,
  };
}

/** Both words stand in the way of the next message, whichever was named. */
function slotTaken(rule: MetaPaidRule, { person, campaign, whenSlotTaken }: SendFacts, seen: DecisionFacts): Objection {
  const allowedAtMs = Math.max(person.paidSlotUntilMs ?? 0, person.metaPaidUntilMs ?? 0);
  if (whenSlotTaken === 'refuse') return refuse(rule, seen, allowedAtMs);
  return holdUntil(rule, seen, allowedAtMs, campaign.hidden ? null : campaign.endAtMs);
}
