import { allHandlersFinished, condition, makeContinueAsNewFunc } from '@temporalio/workflow';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { isFinal } from '../../domain/campaign/campaign-transitions';
import { HandOver, isNewerVersionOut } from '../shared/hand-over';
import type { CampaignInput } from './campaign.contract';
import { closeForGood, holdStill } from './close';
import { Course } from './course';
import { drawDown } from './draw-down';
import { listen } from './messages';
import { moveTo } from './move';
import { onRecord } from './record';
import { scheduleEnd } from './schedule-end';
import { show } from './show';
import { tellMeta } from './tell-meta';
import { waitForPopulation } from './wait-for-population';
import { waitForStart } from './wait-for-start';

/** Six events a batch: a run of some 120 batches, 60,000 people, replays in a quarter of a second. */
const EVENTS_PER_RUN = 800;

/**
 * Runs one campaign: waits for its start, has it created at Meta, waits until Meta sends, draws audience and budget down,
 * and ends it by its schedule or on request. The row is the state; this workflow acts on it and does every wait.
 */
export async function campaignWorkflow(input: CampaignInput): Promise<void> {
  const course = new Course(input);
  listen(course);
  const handOver = new HandOver(EVENTS_PER_RUN);
  for (;;) {
    const plan = await walk(course, handOver);
    if (plan === null) return;
    if (isOver(plan) && (await close(course)) && !course.hasNews()) return;
    if (handOver.isDue() && !course.hasNews()) break;
    await condition(() => course.hasNews());
  }
  await condition(allHandlersFinished);
  await continueCourse(input);
}

/** Does what is owed or due, step by step, until a look finds nothing more. @returns null when the campaign is gone */
async function walk(course: Course, handOver: HandOver): Promise<CampaignPlan | null> {
  for (;;) {
    const plan = await course.load();
    if (plan === null) return null;
    const acted = await step(course, plan);
    show(course, plan);
    if ((acted || course.hasNews()) && !handOver.isDue()) continue;
    if (!acted) await course.markActed(plan);
    return plan;
  }
}

/** One step: what is over is closed, the schedule's end comes before all else, then what the state asks for. */
async function step(course: Course, plan: CampaignPlan): Promise<boolean> {
  switch (plan.state) {
    case 'draft':
      return false;
    case 'ended':
    case 'stopped':
    case 'failed':
      return closeForGood(course, plan);
    case 'paused':
      return (await scheduleEnd(course, plan)) || holdStill(course, plan);
    case 'scheduled':
      return (await interrupted(course, plan)) || waitForStart(course, plan);
    case 'populating':
      return (await interrupted(course, plan)) || waitForPopulation(course, plan);
    case 'active':
      return (await interrupted(course, plan)) || drawDown(course, plan);
  }
}

/** What comes before any sending: the end of the schedule, a restricted Page, a change that Meta does not know yet. */
async function interrupted(course: Course, plan: CampaignPlan): Promise<boolean> {
  if (await scheduleEnd(course, plan)) return true;
  if (plan.restriction !== null) return moveTo(course, { to: 'paused', by: 'suspend', reason: 'page_restricted' });
  return tellMeta(course, plan);
}

function isOver({ state, isClosedOut }: CampaignPlan): boolean {
  return isFinal(state) && isClosedOut;
}

/** Compares once more under the row's lock: whoever wakes the campaign after it starts the next run. */
function close({ ids }: Course): Promise<boolean> {
  return onRecord((activities) => activities.closeCampaign(ids));
}

/** The next run begins with a look at the record, so nothing but the ids goes along. */
async function continueCourse(input: CampaignInput): Promise<never> {
  const options = isNewerVersionOut() ? { initialVersioningBehavior: 'AUTO_UPGRADE' as const } : {};
  return makeContinueAsNewFunc<typeof campaignWorkflow>(options)(input);
}
