import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails } from '@temporalio/workflow';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { SEARCH_ATTRIBUTES } from '../shared/search-attributes';
import { showAttributes } from '../shared/show-attributes';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';

/** Shows an operator how things stand: details are free, a search attribute costs an event and moves only when it changed. */
export function show(course: Course, plan: CampaignPlan): void {
  setCurrentDetails(detailsOf(course, plan));
  showAttributes(attributesOf(course, plan));
}

function attributesOf({ alarms, waitingFor }: Course, plan: CampaignPlan): SearchAttributeUpdatePair[] {
  const nextAtMs = alarms.nextAtMs();
  return [
    { key: SEARCH_ATTRIBUTES.state, value: plan.state },
    { key: SEARCH_ATTRIBUTES.rule, value: waitingFor?.ruleId ?? null },
    { key: SEARCH_ATTRIBUTES.nextAt, value: nextAtMs === null ? null : new Date(nextAtMs) },
  ];
}

/** What an operator reads in the Temporal UI: state, people, money, the next moment, and where to read on. */
function detailsOf({ input, waitingFor, reason }: Course, plan: CampaignPlan): string {
  const { money, counts, endAtMs } = plan;
  const people = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  const facts = [
    reason === null ? plan.state : `${plan.state} (${reason})`,
    people.length === 0 ? 'nobody chosen yet' : people.join(', '),
    `${money.spentMinor} spent and ${money.reservedMinor} reserved, ${money.remainingMinor} left, in minor units`,
    ...(waitingFor === null ? [] : [waitWords(waitingFor)]),
    ...(endAtMs === null ? [] : [`ends ${shortTime(endAtMs)}`]),
  ];
  return `${facts.join('; ')}\n\n${input.campaignUrl}`;
}

function waitWords({ what, untilMs, ruleId }: NonNullable<Course['waitingFor']>): string {
  const until = untilMs === null ? '' : ` until ${shortTime(untilMs)}`;
  return `waits for ${what.replace('_', ' ')}${until}${ruleId === null ? '' : ` (${ruleId})`}`;
}
