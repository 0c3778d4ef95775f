import type { CampaignIds, CampaignPlan, WaitingFor } from '../../activities/campaign.ports';
import type { CampaignReason } from '../../domain/campaign/campaign-transitions';
import { isUnderWay } from '../../domain/campaign/campaign-transitions';
import { Alarms } from '../shared/alarms';
import { BusinessClock } from '../shared/business-clock';
import type { CampaignInput, CampaignView } from './campaign.contract';
import { onRecord } from './record';

/** One run of a campaign's course: what was last read of it, its alarms, and whether there is something to look at. */
export class Course {
  readonly ids: CampaignIds;
  readonly clock = new BusinessClock();
  readonly alarms = new Alarms(this.clock, () => {
    this.look();
  });
  /** What was last read; null before the first look. */
  plan: CampaignPlan | null = null;
  stage: CampaignView['stage'] = 'waitForStart';
  waitingFor: WaitingFor | null = null;
  /** Found anew at every look while it is under way, so that the reason of a pause ends with it; else the row's. */
  reason: CampaignReason | null = null;
  private news = true;

  constructor(readonly input: CampaignInput) {
    const { workspaceId, pageId, campaignId } = input;
    this.ids = { workspaceId, pageId, campaignId };
  }

  /** Something happened: the record is to be read again. All that a signal or an alarm ever does. */
  look(): void {
    this.news = true;
  }

  /** Whether something happened since the record was last read. */
  hasNews(): boolean {
    return this.news;
  }

  /** Reads the record. @returns null when the campaign is gone */
  async load(): Promise<CampaignPlan | null> {
    this.news = false;
    const askedAtMs = Date.now();
    const plan = await onRecord((activities) => activities.loadCampaign(this.ids));
    if (plan !== null) this.clock.learn(plan.nowMs, askedAtMs);
    this.plan = plan;
    this.waitingFor = null;
    this.reason = plan === null || isUnderWay(plan.state) ? null : plan.reason;
    return plan;
  }

  /** Says what the campaign waits for, and has an alarm ring for it. */
  waitFor(waitingFor: WaitingFor, summary: string): void {
    this.waitingFor = waitingFor;
    if (waitingFor.untilMs === null) this.alarms.disarm('next');
    else this.alarms.arm('next', waitingFor.untilMs, summary);
  }

  /** Writes down what was done and what is due next. */
  async markActed(plan: CampaignPlan): Promise<void> {
    await onRecord((activities) =>
      activities.markCampaignActed(this.ids, {
        actedSeq: plan.wakeSeq,
        nextDueAtMs: this.alarms.nextAtMs(),
        waitingFor: this.waitingFor,
        reason: this.reason,
      }),
    );
  }
}
