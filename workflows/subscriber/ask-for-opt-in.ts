import { proxyActivities } from '@temporalio/workflow';
import type { SubscriberActivities } from '../../activities/subscriber.activities';
import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { earliestMs } from '../../domain/shared/facts';
import { CALL_TO_META } from '../shared/activity-options';
import { earliest } from './earliest';
import type { Life } from './life';

const meta = proxyActivities<SubscriberActivities>(CALL_TO_META);
const ALARM = 'askForOptIn';

/**
 * Asks the person to opt in at the first moment the rules allow: now, at a moment they name, or when the person opens
 * the window, of which the drainer tells.
 */
export async function askForOptIn(life: Life, plan: SubscriberPlan): Promise<boolean> {
  const [due] = plan.requestsDue;
  if (due !== undefined) {
    await life.during('askForOptIn', meta.askForOptIn(life.ids, due));
    return true;
  }
  const next = earliest(plan.requestsWaiting, ({ dueAtMs, expiresAtMs }) => earliestMs(dueAtMs, expiresAtMs));
  if (next === null) life.alarms.disarm(ALARM);
  else life.alarms.arm(ALARM, next.atMs, `looks again whether to ask for *${next.item.title}*`);
  return false;
}
