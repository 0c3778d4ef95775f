import { moneyInWords } from '../campaign/price';
import type { RuleId } from '../rules/rule';
import { ruleById } from '../rules/rules';
import type { DecisionFacts } from '../shared/facts';
import { clauseAt, numberOf, textOf, timeInWords } from './words';

type Reason = (facts: DecisionFacts) => string;

const REASONS: Partial<Record<RuleId, Reason>> = {
  'R-01': (facts) =>
    textOf(facts, 'windowUntil') === null
      ? 'the person has never opened their 24-hour window'
      : `the person's 24-hour window closed${clauseAt(facts, 'windowUntil', 'on')}`,
  'R-03': (facts) => `the person was asked under the same title${clauseAt(facts, 'lastAskedAt', 'on')}`,
  'R-05': (facts) => `Instagram allows requests of ${numberOf(facts, 'titles') ?? 10} titles in this time`,
  'R-06': (facts) =>
    facts['alreadyOptedIn'] === true
      ? 'the person has already opted in to this topic'
      : `another request promised the same kinds of messages${clauseAt(facts, 'lastAskedAt', 'on')}`,
  'R-08': (facts) => `the last paid message keeps the person's slot${slotEnd(facts)}`,
  'R-09': (facts) => `recurring notifications ended here on ${textOf(facts, 'endedOn') ?? '2026-02-10'}`,
  'R-11': consentReason,
  'R-13': (facts) => `the campaign is not ready to send yet${clauseAt(facts, 'readyAt', 'and is first tried on')}`,
  'R-14': budgetReason,
  'R-16': scheduleReason,
  'R-18': (facts) =>
    textOf(facts, 'pageCountry') === null
      ? 'the person is in a region that gets no paid messages'
      : `businesses in ${textOf(facts, 'pageCountry') ?? ''} may not send paid messages`,
  'R-20': (facts) => `Meta's own caps leave this person alone${clauseAt(facts, 'metaUntil', 'until')}`,
  'R-21': () => 'a tagged message carries no promotion',
  'R-22': (facts) => `the person's last message is more than 7 days old${clauseAt(facts, 'lastActionAt', 'since')}`,
  'R-24': (facts) =>
    `the content lacks something for this person: ${textOf(facts, 'problem') ?? 'it cannot be filled'}`,
  'R-25': restrictionReason,
  'R-26': () => 'Meta reported that the ad account cannot pay',
  'R-27': () => 'the same content of this campaign has gone, or may have gone, to this person',
  'R-28': (facts) => `this tag ended on ${textOf(facts, 'endedOn') ?? '2026-04-27'}`,
  'R-30': (facts) =>
    facts['platform'] === 'instagram' ? 'paid messages do not exist on Instagram' : 'paid messages did not exist yet',
  'R-32': (facts) =>
    textOf(facts, 'windowUntil') === null
      ? 'the person has never opened their 24-hour window'
      : `the person's 24-hour window closed${clauseAt(facts, 'windowUntil', 'on')}`,
};

/**
 * Why a rule spoke against a message or a request, as a clause.
 *
 * @param ruleId - the rule
 * @param facts - what the decision looked at
 * @returns for example `the campaign's lifetime budget is used up (0.00 USD left, a message costs 1.00 USD)`
 */
export function reasonOf(ruleId: RuleId, facts: DecisionFacts): string {
  const reason = REASONS[ruleId]?.(facts) ?? firstLower(ruleById(ruleId).sentence.replace(/\.$/, ''));
  const tooLate = facts['afterScheduleEnd'] === true ? ", and the campaign's schedule ends before that" : '';
  return `${reason}${answerOfMeta(facts)}${tooLate}`;
}

/**
 * Meta's own word among the facts.
 *
 * @param facts - what the decision looked at
 * @returns for example ` (Meta answered with code 2300035)`; empty when Meta said nothing
 */
export function answerOfMeta(facts: DecisionFacts): string {
  const code = numberOf(facts, 'code');
  return code === null ? '' : ` (Meta answered with code ${code})`;
}

function slotEnd(facts: DecisionFacts): string {
  const ends = [textOf(facts, 'slotUntil'), textOf(facts, 'metaUntil')].filter((end) => end !== null).sort();
  const last = ends.at(-1);
  const spacing = textOf(facts, 'spacing');
  const apart =
    spacing === null
      ? ''
      : ` (${spacing} apart${facts['oneMessagePerLocalDay'] === true ? ', one per local day' : ''})`;
  return `${last === undefined ? '' : ` until ${timeInWords(last)}`}${apart}`;
}

function consentReason(facts: DecisionFacts): string {
  const token = textOf(facts, 'token');
  if (token !== null)
    return token === 'none'
      ? 'there is no token for this person'
      : `the person's token has ${token === 'expired' ? 'expired' : 'ended'}`;
  if (facts['consent'] === 'asked') return 'the person was asked but has not opted in';
  if (facts['consent'] !== 'revoked') return 'the person has not opted in';
  return `the person stopped marketing of this Page${clauseAt(facts, 'consentAt', 'on')}`;
}

function budgetReason(facts: DecisionFacts): string {
  const currency = textOf(facts, 'currency') ?? '';
  const left = numberOf(facts, 'remainingMinor');
  const cost = numberOf(facts, 'unitCostMinor');
  const amounts =
    left === null || cost === null
      ? ''
      : ` (${moneyInWords(left, currency)} left, a message costs ${moneyInWords(cost, currency)})`;
  return `the campaign's ${textOf(facts, 'kind') ?? ''} budget is used up${amounts}`.replace('  ', ' ');
}

function scheduleReason(facts: DecisionFacts): string {
  const state = textOf(facts, 'campaignState');
  if (state === 'paused') return 'the campaign is paused';
  if (state === 'stopped' || state === 'failed')
    return `the campaign has ${state}`.replace('has stopped', 'was stopped');
  if (state === 'ended' && facts['reason'] !== 'schedule_ended') return 'the campaign has ended';
  if (textOf(facts, 'startAt') !== null) return `the campaign has not started${clauseAt(facts, 'startAt', 'before')}`;
  return `the campaign's schedule ended${clauseAt(facts, 'endAt', 'on')}`;
}

function restrictionReason(facts: DecisionFacts): string {
  const subject = { page: 'the Page', app: 'the app', account: "the connected person's account" };
  const who = subject[(textOf(facts, 'subject') ?? 'page') as keyof typeof subject];
  const reason = textOf(facts, 'reason');
  const said = reason === null ? '' : ` ("${reason}")`;
  return `Meta restricts ${who}${facts['permanent'] === true ? ' for good' : ''}${said}; see Page Settings and the Page Support Inbox`;
}

function firstLower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
