import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../../activities/campaign.activities';
import type { CampaignPlan } from '../../activities/campaign.ports';
import type { SendingActivities } from '../../activities/sending.activities';
import { payableMessages } from '../../domain/campaign/plan-batch';
import { BATCH, CALL_TO_META } from '../shared/activity-options';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';

const { readReadiness } = proxyActivities<CampaignActivities>(CALL_TO_META);
const { drawBatch } = proxyActivities<SendingActivities>(BATCH);

/**
 * Waits until Meta sends for the campaign: a durable timer to the floor, then one probe at a time with the first
 * real message. A probe that comes too early goes back to the queue; nobody is marked failed for it.
 */
export async function waitForPopulation(course: Course, plan: CampaignPlan): Promise<boolean> {
  course.stage = 'waitForPopulation';
  const { nowMs, probeAtMs, alarmAtMs } = plan;
  if (alarmAtMs !== null && nowMs >= alarmAtMs) course.reason = 'not_ready';
  if (probeAtMs === null || nowMs < probeAtMs) {
    const summary = probeAtMs === null ? 'Meta' : `probe ${shortTime(probeAtMs)}`;
    course.waitFor({ what: 'population', untilMs: probeAtMs, ruleId: 'R-13' }, summary);
    return false;
  }
  if (hasProbe(plan)) await drawBatch(course.ids, 1);
  else await readReadiness(course.ids);
  return true;
}

/** Somebody to probe with: the first of the chosen, or of an audience that the budget can pay. */
function hasProbe({ queued, audienceLeft, hasOpenBatch, money }: CampaignPlan): boolean {
  const isPayable = payableMessages(money.remainingMinor, money.unitCostMinor) > 0;
  return queued > 0 || hasOpenBatch || (audienceLeft > 0 && isPayable);
}
