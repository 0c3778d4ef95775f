import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../../activities/campaign.activities';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { CALL_TO_META } from '../shared/activity-options';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';

const { updateAtMeta } = proxyActivities<CampaignActivities>(CALL_TO_META);

const ALARM = 'tellMeta';

/**
 * Carries a changed budget or end over to Meta. While Meta has asked for a wait the campaign goes on with what it knows,
 * and an alarm of its own has it told then, whatever else the campaign waits for.
 */
export async function tellMeta(course: Course, plan: CampaignPlan): Promise<boolean> {
  const { nowMs, isAtMeta, isOutdatedAtMeta, claimsFromMs } = plan;
  if (!isAtMeta || !isOutdatedAtMeta) {
    keepToOneself(course);
    return false;
  }
  if (claimsFromMs !== null && nowMs < claimsFromMs) {
    course.alarms.arm(ALARM, claimsFromMs, `tell Meta of the change ${shortTime(claimsFromMs)}`);
    return false;
  }
  keepToOneself(course);
  await updateAtMeta(course.ids);
  return true;
}

/** A campaign that does not go on tells Meta nothing. */
export function keepToOneself({ alarms }: Course): void {
  alarms.disarm(ALARM);
}
