import { proxyActivities } from '@temporalio/workflow';
import type { CampaignActivities } from '../../activities/campaign.activities';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { LOOK_AGAIN_MS } from '../../domain/campaign/draw-down';
import { LONG_ON_RECORD } from '../shared/activity-options';
import type { Course } from './course';
import { keepToOneself } from './tell-meta';

const { closeOut, pauseOut } = proxyActivities<CampaignActivities>({ ...LONG_ON_RECORD, startToCloseTimeout: '5m' });

/** A campaign that is over: run until nothing is queued, held, claimed or in flight. */
export async function closeForGood(course: Course, plan: CampaignPlan): Promise<boolean> {
  course.stage = 'closed';
  course.alarms.disarm('scheduleEnd');
  course.alarms.disarm('next');
  keepToOneself(course);
  if (plan.isClosedOut) return false;
  if (await closeOut(course.ids, plan.reason ?? plan.state)) return true;
  return lookAgain(course, plan);
}

/** A pause: what was claimed is queued again, and nothing leaves until it is resumed. */
export async function holdStill(course: Course, plan: CampaignPlan): Promise<boolean> {
  course.stage = 'paused';
  keepToOneself(course);
  if (plan.inFlight > 0 && !(await pauseOut(course.ids))) return lookAgain(course, plan);
  course.waitFor({ what: 'resume', untilMs: null, ruleId: null }, 'resume');
  return false;
}

function lookAgain(course: Course, { nowMs }: CampaignPlan): false {
  course.waitFor({ what: 'meta', untilMs: nowMs + LOOK_AGAIN_MS, ruleId: null }, 'the last answers');
  return false;
}
