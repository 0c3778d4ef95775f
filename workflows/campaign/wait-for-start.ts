import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../../activities/campaign.activities';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { CALL_TO_META } from '../shared/activity-options';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';

const { createAtMeta } = proxyActivities<CampaignActivities>(CALL_TO_META);

/** A campaign that is scheduled: nothing at Meta until a day before its start, then it is created there, once. */
export async function waitForStart(course: Course, { nowMs, createAtMs }: CampaignPlan): Promise<boolean> {
  course.stage = 'waitForStart';
  if (nowMs >= createAtMs) {
    await createAtMeta(course.ids);
    return true;
  }
  course.waitFor({ what: 'start', untilMs: createAtMs, ruleId: null }, `create at Meta ${shortTime(createAtMs)}`);
  return false;
}
