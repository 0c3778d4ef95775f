import type { SubscriberActivities } from '../../activities/subscriber.activities';
import { recordThrough } from '../shared/on-record';

/** Work on the person's record. */
export const onRecord = recordThrough<SubscriberActivities>();
