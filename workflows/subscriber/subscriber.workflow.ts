import { allHandlersFinished, condition, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { SubscriberPlan } from '../../activities/subscriber.ports';
import { HandOver, isNewerVersionOut } from '../shared/hand-over';
import { advanceRuns } from './advance-runs';
import { askForOptIn } from './ask-for-opt-in';
import { coolDown } from './cool-down';
import { Life } from './life';
import { listen } from './messages';
import { optOut } from './opt-out';
import { show } from './show';
import { storeToken } from './store-token';
import type { SubscriberInput } from './subscriber.contract';
import { waitForSlot } from './wait-for-slot';

/** A cold replay of so many events takes about 25 ms. */
const EVENTS_PER_RUN = 60;

/**
 * Acts over time for one person: asks for the opt-in, waits out cool-downs, stores tokens, holds messages until their
 * slot, walks sequences, and cancels everything when the person leaves. What it owes stands in Postgres; it stays open
 * while consent lasts or something waits.
 */
export async function subscriberWorkflow(input: SubscriberInput): Promise<void> {
  const life = new Life(input);
  listen(life);
  const handOver = new HandOver(EVENTS_PER_RUN);
  for (;;) {
    const plan = await walk(life);
    if (plan === null) return;
    if (workflowInfo().continueAsNewSuggested) break;
    show(life, plan);
    const hasNothingToDo = isQuiet(life, plan);
    if (hasNothingToDo && plan.consent !== 'granted' && (await life.close('stays'))) return;
    if (handOver.isDue() && !life.hasNews()) break;
    const goesOn = await life.newsWithin(hasNothingToDo ? plan.idleAfterMs : null);
    if (!goesOn && (await life.close('ends'))) return;
  }
  await condition(allHandlersFinished);
  await continueLife(input);
}

/** Does what is owed or due, stage by stage, until a look finds nothing more. @returns null when the person is gone */
async function walk(life: Life): Promise<SubscriberPlan | null> {
  for (;;) {
    const plan = await life.load();
    if (plan === null || workflowInfo().continueAsNewSuggested) return plan;
    const acted = await walkStages(life, plan);
    if (acted || life.hasNews()) continue;
    await life.markActed(plan);
    return plan;
  }
}

/** One pass over the stages; the first that did something ends it, because the record is another one then. */
async function walkStages(life: Life, plan: SubscriberPlan): Promise<boolean> {
  if (await optOut(life, plan)) return true;
  if (await storeToken(life, plan)) return true;
  if (await advanceRuns(life, plan)) return true;
  if (await askForOptIn(life, plan)) return true;
  if (await waitForSlot(life, plan)) return true;
  coolDown(life, plan);
  return false;
}

/** Whether nothing waits, with a moment or without; Postgres has the last word. */
function isQuiet({ alarms }: Life, { sends, requestsWaiting, runsWaiting }: SubscriberPlan): boolean {
  return sends.length + requestsWaiting.length + runsWaiting.length === 0 && alarms.nextAtMs() === null;
}

/** The next run begins with a look at the record, so nothing but the ids goes along. */
async function continueLife(input: SubscriberInput): Promise<never> {
  const options = isNewerVersionOut() ? { initialVersioningBehavior: 'AUTO_UPGRADE' as const } : {};
  return makeContinueAsNewFunc<typeof subscriberWorkflow>(options)(input);
}
