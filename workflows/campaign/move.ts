import type { CampaignMove, CampaignPlan } from '../../activities/campaign.ports';
import type { CampaignReason } from '../../domain/campaign/campaign-transitions';
import type { Course } from './course';
import { onRecord } from './record';

/** Moves the row by compare-and-set; whoever was first, the next look shows. @returns true: the record is another one */
export async function moveTo(course: Course, move: CampaignMove): Promise<true> {
  await onRecord((activities) => activities.moveCampaign(course.ids, move));
  return true;
}

/** Ends it by what the plan says. Whatever was asked since, people chosen or a later end, is looked at first. */
export function end(course: Course, { wakeSeq }: CampaignPlan, reason: CampaignReason): Promise<true> {
  return moveTo(course, { to: 'ended', by: 'end', reason, wakeSeq });
}
