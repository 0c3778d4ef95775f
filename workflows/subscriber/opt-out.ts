import type { SubscriberPlan } from '../../activities/subscriber.ports';
import type { Life } from './life';
import { onRecord } from './record';

/** The person left: everything that waits for them is cancelled. The row has said so since the webhook's own commit. */
export async function optOut(life: Life, plan: SubscriberPlan): Promise<boolean> {
  if (!plan.optOutOwed) return false;
  await life.during(
    'optOut',
    onRecord((activities) => activities.optOut(life.ids)),
  );
  return true;
}
