import type { SubscriberPlan } from '../../activities/subscriber.ports';
import type { Life } from './life';

const GROUP = 'coolDown/';

/** One durable timer for each request sent, whether or not something waits for it. Source: R-03. */
export function coolDown({ alarms }: Life, { coolDowns }: SubscriberPlan): void {
  for (const { requestId, title, untilMs } of coolDowns) {
    alarms.arm(GROUP + requestId, untilMs, `may ask for *${title}* again`);
  }
  alarms.disarmOthers(
    GROUP,
    coolDowns.map(({ requestId }) => GROUP + requestId),
  );
}
