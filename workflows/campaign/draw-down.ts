import { proxyActivities } from '@temporalio/workflow';
import type { CampaignPlan } from '../../activities/campaign.ports';
import type { SendingActivities } from '../../activities/sending.activities';
import type { DrawDownState } from '../../domain/campaign/draw-down';
import { decideNext } from '../../domain/campaign/draw-down';
import { BATCH_LIMIT } from '../../domain/campaign/plan-batch';
import { BATCH } from '../shared/activity-options';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';
import { end } from './move';

const { drawBatch } = proxyActivities<SendingActivities>(BATCH);

/** Draws the audience and the budget down, batch by batch; between batches the rules say what comes next. */
export async function drawDown(course: Course, plan: CampaignPlan): Promise<boolean> {
  course.stage = 'drawDown';
  const step = decideNext(stateOf(plan));
  course.reason = null;
  switch (step.kind) {
    case 'nextBatch':
      await drawBatch(course.ids, BATCH_LIMIT);
      return true;
    case 'complete':
      return end(course, plan, 'completed');
    case 'ended':
      return end(course, plan, 'schedule_ended');
    case 'waitUntil':
      return waits(course, 'meta', step.untilMs, null, 'Meta takes the next');
    case 'waitBudgetDay':
      course.reason = 'daily_budget_exhausted';
      return waits(course, 'budget_day', step.untilMs, 'R-14', 'next budget day');
    case 'waitRaise':
      course.reason = 'budget_exhausted';
      return waits(course, 'budget', step.untilMs, 'R-14', 'a raise or returned money');
    case 'waitHeld':
      return waits(course, 'slot', step.untilMs, 'R-08', 'next held message');
    case 'waitAnswers':
      return waits(course, 'meta', step.untilMs, null, 'the last answers');
    case 'waitRecipients':
      return waits(course, 'recipients', null, null, 'people to choose');
  }
}

function waits(
  course: Course,
  what: 'meta' | 'budget_day' | 'budget' | 'slot' | 'recipients',
  untilMs: number | null,
  ruleId: string | null,
  summary: string,
): false {
  course.waitFor({ what, untilMs, ruleId }, untilMs === null ? summary : `${summary} ${shortTime(untilMs)}`);
  return false;
}

const stateOf = (plan: CampaignPlan): DrawDownState => ({
  nowMs: plan.nowMs,
  endAtMs: plan.endAtMs,
  notBeforeMs: plan.claimsFromMs,
  budget: plan.money,
  queued: plan.queued,
  audienceLeft: plan.audienceLeft,
  nextHeldDueMs: plan.nextHeldDueMs,
  heldForMoney: plan.heldForMoney,
  hasOpenBatch: plan.hasOpenBatch,
  inFlight: plan.inFlight,
  frozenAudience: plan.frozenAudience,
});
