import { setCurrentDetails } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { SEARCH_ATTRIBUTES } from '../shared/search-attributes';
import { showAttributes } from '../shared/show-attributes';
import { detailsOf } from './details';
import { earliest } from './earliest';
import type { Life } from './life';

/** Shows an operator how things stand: details are free, a search attribute costs an event and moves only when it changed. */
export function show(life: Life, plan: SubscriberPlan): void {
  setCurrentDetails(detailsOf(plan, life.input.timelineUrl));
  showAttributes(attributesOf(life, plan));
}

function attributesOf({ alarms }: Life, plan: SubscriberPlan): SearchAttributeUpdatePair[] {
  const nextAtMs = alarms.nextAtMs();
  return [
    { key: SEARCH_ATTRIBUTES.state, value: plan.consent },
    { key: SEARCH_ATTRIBUTES.rule, value: ruleOf(plan) },
    { key: SEARCH_ATTRIBUTES.nextAt, value: nextAtMs === null ? null : new Date(nextAtMs) },
  ];
}

/** The rule that holds something now, else the one that last refused. */
function ruleOf({ sends, requestsWaiting, lastOutcome }: SubscriberPlan): string | null {
  const held = earliest(sends, (send) => send.dueAtMs)?.item ?? sends[0];
  return held?.ruleId ?? requestsWaiting.find(({ ruleId }) => ruleId !== null)?.ruleId ?? lastOutcome?.ruleId ?? null;
}
