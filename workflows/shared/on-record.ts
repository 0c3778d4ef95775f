import type { ActivityInterfaceFor } from '@temporalio/workflow';
import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { LONG_ON_RECORD, SHORT_ON_RECORD } from './activity-options';

/** Runs work on a record through its activities. */
type OnRecord<A> = <T>(work: (activities: ActivityInterfaceFor<A>) => Promise<T>) => Promise<T>;

/** Work on an owner's record: within this task when the database answers, held by the server until it does. */
export function recordThrough<A>(): OnRecord<A> {
  const short = proxyLocalActivities<A>(SHORT_ON_RECORD);
  const long = proxyActivities<A>(LONG_ON_RECORD);
  return async (work) => {
    try {
      return await work(short);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return work(long);
    }
  };
}
