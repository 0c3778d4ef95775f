import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { isoTime, isoTimeOrNull } from '../../domain/shared/iso-time';
import type { Life } from './life';
import type { SubscriberView } from './subscriber.contract';

/** What the workflow answers an operator who asks it. */
export function viewOf({ plan, stage, alarms, clock }: Life): SubscriberView {
  return {
    stage: stage ?? restingStage(plan),
    consent: plan?.consent ?? 'none',
    topics: plan?.topics.map(({ title }) => title) ?? [],
    mayAskAgain: plan?.coolDowns.map(({ title, untilMs }) => ({ title, at: isoTime(untilMs) })) ?? [],
    held:
      plan?.sends.map(({ sendId, campaignId, dueAtMs, ruleId }) => ({
        sendId,
        campaignId,
        dueAt: isoTimeOrNull(dueAtMs),
        ruleId,
      })) ?? [],
    nextAt: isoTimeOrNull(alarms.nextAtMs()),
    lastOutcome: outcomeOf(plan),
    asOf: isoTime(plan?.nowMs ?? clock.nowMs()),
  };
}

/** What a workflow that does nothing waits in. */
function restingStage(plan: SubscriberPlan | null): SubscriberView['stage'] {
  if (plan === null) return 'idle';
  if (plan.sends.length > 0) return 'waitForSlot';
  if (plan.requestsWaiting.length > 0) return 'askForOptIn';
  if (plan.runsWaiting.length > 0) return 'sequence';
  return plan.coolDowns.length > 0 ? 'coolDown' : 'idle';
}

function outcomeOf(plan: SubscriberPlan | null): SubscriberView['lastOutcome'] {
  if (plan?.lastOutcome == null) return null;
  const { asOf: _asOf, ...outcome } = plan.lastOutcome;
  return outcome;
}
