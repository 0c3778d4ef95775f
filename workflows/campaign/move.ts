import type { CampaignMove } from '../../activities/campaign.ports';
import type { Course } from './course';
import { onRecord } from './record';

/** Moves the row by compare-and-set; whoever was first, the next look shows. @returns true: the record is another one */
export async function moveTo(course: Course, move: CampaignMove): Promise<true> {
  await onRecord((activities) => activities.moveCampaign(course.ids, move));
  return true;
}
