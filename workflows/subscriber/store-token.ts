import type { SubscriberPlan } from '../../activities/subscriber.ports';
import type { Life } from './life';
import { onRecord } from './record';

/** The person opted in: token and consent are written together, from the inbox, and only the token's id comes back. */
export async function storeToken(life: Life, plan: SubscriberPlan): Promise<boolean> {
  for (const inboxId of plan.optInsOwed) {
    await life.during(
      'storeToken',
      onRecord((activities) => activities.storeToken(life.ids, inboxId)),
    );
  }
  return plan.optInsOwed.length > 0;
}
