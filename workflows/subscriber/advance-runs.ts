import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { earliest } from './earliest';
import type { Life } from './life';
import { onRecord } from './record';

const ALARM = 'sequence';

/** Walks the person's automations: the step that is due, else a timer for the step that ends first. */
export async function advanceRuns(life: Life, plan: SubscriberPlan): Promise<boolean> {
  for (const runId of plan.runsDue) {
    await life.during(
      'sequence',
      onRecord((activities) => activities.advanceRun(life.ids, runId)),
    );
  }
  if (plan.runsDue.length > 0) return true;
  const next = earliest(plan.runsWaiting, (run) => run.dueAtMs);
  if (next === null) life.alarms.disarm(ALARM);
  else life.alarms.arm(ALARM, next.atMs, 'the step of an automation ends');
  return false;
}
