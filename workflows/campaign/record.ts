import type { CampaignActivities } from '../../activities/campaign.activities';
import { recordThrough } from '../shared/on-record';

/** Work on the campaign's record. */
export const onRecord = recordThrough<CampaignActivities>();
