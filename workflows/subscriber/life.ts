import { condition } from '@temporalio/workflow';
import type { SubscriberIds, SubscriberPlan, WhileGranted } from '../../activities/subscriber.ports';
import { Alarms } from '../shared/alarms';
import { BusinessClock } from '../shared/business-clock';
import { Patience } from './patience';
import { onRecord } from './record';
import type { SubscriberInput, SubscriberView } from './subscriber.contract';

/** One run of a person's life: what was last read of them, their alarms, and whether there is something to look at. */
export class Life {
  readonly ids: SubscriberIds;
  readonly clock = new BusinessClock();
  readonly alarms = new Alarms(this.clock, () => {
    this.look();
  });
  readonly patience = new Patience();
  /** What was last read; null before the first look. */
  plan: SubscriberPlan | null = null;
  /** The stage at work; null while nothing is done. */
  stage: SubscriberView['stage'] | null = null;
  private news = true;

  constructor(readonly input: SubscriberInput) {
    const { workspaceId, pageId, subscriberId } = input;
    this.ids = { workspaceId, pageId, subscriberId };
  }

  /** Something happened: the record is to be read again. All that a signal or an alarm ever does. */
  look(): void {
    this.news = true;
  }

  /** Whether something happened since the record was last read. */
  hasNews(): boolean {
    return this.news;
  }

  /** Waits for something to look at. @returns false when nothing happened for so long, wall clock */
  async newsWithin(idleAfterMs: number | null): Promise<boolean> {
    if (idleAfterMs !== null) return condition(() => this.news, idleAfterMs);
    await condition(() => this.news);
    return true;
  }

  /** Reads the record. @returns null when the person is gone */
  async load(): Promise<SubscriberPlan | null> {
    this.news = false;
    const askedAtMs = Date.now();
    const plan = await onRecord((activities) => activities.loadSubscriber(this.ids));
    if (plan !== null) this.clock.learn(plan.nowMs, askedAtMs);
    this.plan = plan;
    return plan;
  }

  /** Writes down what was done and what is due next, unless the row says so already. */
  async markActed(plan: SubscriberPlan): Promise<void> {
    const nextDueAtMs = this.alarms.nextAtMs();
    if (plan.actedSeq === plan.wakeSeq && plan.markedDueAtMs === nextDueAtMs) return;
    await onRecord((activities) => activities.markActed(this.ids, { actedSeq: plan.wakeSeq, nextDueAtMs }));
  }

  /**
   * Ends the term, if Postgres agrees under the row's lock that nothing is owed; whoever wakes the person after that
   * starts the next run. A signal that came meanwhile is looked at first.
   */
  async close(whileGranted: WhileGranted): Promise<boolean> {
    const isClosed = await onRecord((activities) => activities.closeSubscriber(this.ids, whileGranted));
    if (!isClosed) this.look();
    return isClosed && !this.news;
  }

  /** Does something in a stage, which the view shows meanwhile. */
  async during<T>(stage: SubscriberView['stage'], work: Promise<T>): Promise<T> {
    this.stage = stage;
    try {
      return await work;
    } finally {
      this.stage = null;
    }
  }
}
