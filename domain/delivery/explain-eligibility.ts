import { recurringNotificationsEndedOn } from '../rules/legacy-rules';
import type { RuleId } from '../rules/rule';
import { ruleAt } from '../rules/rules';
import { HUMAN_AGENT_MS, WINDOW_MS, threeTagsEndedOn } from '../rules/window-rules';
import type { DecisionFacts } from '../shared/facts';
import { isoTime } from '../shared/iso-time';
import type { Lane } from './choose-lane';
import { decideSend } from './decide-send';
import type { CampaignFacts, PageFacts, PersonFacts, Purpose, SendFacts } from './send-facts';

/** Whether one lane may carry the message, and why not. */
interface LaneDecision {
  readonly lane: Lane;
  readonly allowed: boolean;
  readonly ruleId?: RuleId;
  readonly facts: DecisionFacts;
  /** ISO 8601. */
  readonly allowedAt?: string;
}

/** Whether a person may be written to, through which lane, and when otherwise. */
export interface Eligibility {
  /** ISO 8601. */
  readonly at: string;
  readonly content: Purpose;
  readonly allowed: boolean;
  /** The first lane that may carry the message, the free ones first; null when none may. */
  readonly lane: Lane | null;
  readonly decisions: readonly LaneDecision[];
}

/** The Page and the person in question. */
export interface EligibilityFacts {
  readonly page: PageFacts;
  readonly person: PersonFacts;
}

/** The question is about the person: no campaign stands in the way. */
const NO_CAMPAIGN: CampaignFacts = {
  state: 'active',
  reason: null,
  hidden: true,
  startAtMs: 0,
  endAtMs: null,
  readyAtMs: null,
};

/**
 * Answers "may I write to this person?" lane by lane, by the same decision as a send.
 *
 * @param facts - the Page and the person
 * @param content - what the message would be for
 * @param atMs - the moment in question, milliseconds since the Unix epoch
 */
export function explainEligibility(facts: EligibilityFacts, content: Purpose, atMs: number): Eligibility {
  const decisions = [
    ownLane('window', facts, content, atMs),
    tagLane(facts, content, atMs),
    recurringNotificationLane(facts, atMs),
    ownLane('paid', facts, content, atMs),
  ].filter((decision) => decision !== null);
  const lane = decisions.find((decision) => decision.allowed)?.lane ?? null;
  return { at: isoTime(atMs), content, allowed: lane !== null, lane, decisions };
}

function ownLane(lane: SendFacts['lane'], facts: EligibilityFacts, purpose: Purpose, atMs: number): LaneDecision {
  const question: SendFacts = {
    ...facts,
    lane,
    campaign: NO_CAMPAIGN,
    content: { purpose, problem: null },
    alreadyChosen: false,
    budget: null,
    whenSlotTaken: 'refuse',
    whenBudgetUsedUp: 'refuse',
  };
  const decision = decideSend(question, atMs);
  if (decision.kind === 'send') return { lane, allowed: true, facts: {} };
  return refused(lane, decision.ruleId, decision.facts, decision.allowedAtMs);
}

function refused(lane: Lane, ruleId: RuleId, facts: DecisionFacts, allowedAtMs: number | null = null): LaneDecision {
  const allowedAt = allowedAtMs === null ? {} : { allowedAt: isoTime(allowedAtMs) };
  return { lane, allowed: false, ruleId, facts, ...allowedAt };
}

/** What a tag may not carry has a rule; what it may carry has no lane here. */
function tagLane({ person }: EligibilityFacts, purpose: Purpose, atMs: number): LaneDecision | null {
  switch (purpose) {
    case 'promotional':
      return refused('tag', 'R-21', { purpose });
    case 'event_update':
    case 'post_purchase':
    case 'account_update':
      return tagHasEnded(purpose, atMs);
    case 'human_reply':
    case 'feedback':
      return personWentQuiet(person, purpose, atMs);
    case 'news':
    case 'transactional':
      return null;
  }
}

function tagHasEnded(purpose: Purpose, atMs: number): LaneDecision | null {
  const endedOn = threeTagsEndedOn(atMs);
  return endedOn === null ? null : refused('tag', 'R-28', { purpose, endedOn, successor: 'utility' });
}

function personWentQuiet({ windowUntilMs }: PersonFacts, purpose: Purpose, atMs: number): LaneDecision | null {
  const lastActionMs = windowUntilMs === null ? null : windowUntilMs - WINDOW_MS;
  if (lastActionMs !== null && atMs < lastActionMs + HUMAN_AGENT_MS) return null;
  return refused('tag', 'R-22', { purpose, lastActionAt: lastActionMs === null ? null : isoTime(lastActionMs) });
}

function recurringNotificationLane({ page }: EligibilityFacts, atMs: number): LaneDecision | null {
  const endedOn = recurringNotificationsEndedOn(page.country, atMs);
  if (endedOn !== null) return refused('rn', 'R-09', { endedOn, pageCountry: page.country, successor: 'paid' });
  return ruleAt('R-29', atMs) === null ? null : refused('rn', 'R-29', { usedBefore: '2025-09-01' });
}
