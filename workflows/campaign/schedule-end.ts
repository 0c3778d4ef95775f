import type { CampaignPlan } from '../../activities/campaign.ports';
import { shortTime } from '../shared/short-time';
import type { Course } from './course';
import { moveTo } from './move';

const ALARM = 'scheduleEnd';

/** Races all else: a durable timer to the schedule's end, after which nothing is sent. */
export async function scheduleEnd(course: Course, { nowMs, endAtMs }: CampaignPlan): Promise<boolean> {
  if (endAtMs === null) {
    course.alarms.disarm(ALARM);
    return false;
  }
  if (nowMs >= endAtMs) return moveTo(course, { to: 'ended', by: 'end', reason: 'schedule_ended' });
  course.alarms.arm(ALARM, endAtMs, `schedule ends ${shortTime(endAtMs)}`);
  return false;
}
