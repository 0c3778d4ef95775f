import type { CampaignPlan } from '../../activities/campaign.ports';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';
import { end } from './move';

const ALARM = 'scheduleEnd';

/** Races all else: a durable timer to the schedule's end, after which nothing is sent. */
export async function scheduleEnd(course: Course, plan: CampaignPlan): Promise<boolean> {
  const { nowMs, endAtMs } = plan;
  if (endAtMs === null) {
    course.alarms.disarm(ALARM);
    return false;
  }
  if (nowMs >= endAtMs) return end(course, plan, 'schedule_ended');
  course.alarms.arm(ALARM, endAtMs, `schedule ends ${shortTime(endAtMs)}`);
  return false;
}
