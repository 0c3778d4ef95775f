import type { SettleEffect } from './settle';

/** What a batch, or a part of its way, came to. */
export interface BatchReport {
  readonly claimed: number;
  readonly held: number;
  readonly refused: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  /** Whether it began anything while Meta was not known to send for the campaign. */
  readonly isProbe: boolean;
  /** What stopped it, if something that names campaign, Page, account, rate or readiness did. */
  readonly effect: SettleEffect | null;
}

/** What a batch comes to before it did anything. */
export const NOTHING_DONE: BatchReport = {
  claimed: 0,
  held: 0,
  refused: 0,
  accepted: 0,
  failed: 0,
  unknown: 0,
  isProbe: false,
  effect: null,
};

/** What a run came to, and what of it whoever waits for it has not heard. */
export class Progress {
  private told = NOTHING_DONE;
  private untold = NOTHING_DONE;

  /** @param after - hears what was done since the last time, and says whether more may be claimed */
  constructor(private readonly after: (report: BatchReport) => Promise<boolean> = () => Promise.resolve(false)) {}

  get total(): BatchReport {
    return sum(this.told, this.untold);
  }

  add(more: Partial<BatchReport>): void {
    this.untold = sum(this.untold, { ...NOTHING_DONE, ...more });
  }

  /** @returns whether more may be claimed; a report that could not be told is told with the next one */
  async tell(): Promise<boolean> {
    const report = this.untold;
    this.untold = NOTHING_DONE;
    try {
      const goesOn = await this.after(report);
      this.told = sum(this.told, report);
      return goesOn;
    } catch (error) {
      this.untold = sum(report, this.untold);
      throw error;
    }
  }
}

const sum = (total: BatchReport, more: BatchReport): BatchReport => ({
  claimed: total.claimed + more.claimed,
  held: total.held + more.held,
  refused: total.refused + more.refused,
  accepted: total.accepted + more.accepted,
  failed: total.failed + more.failed,
  unknown: total.unknown + more.unknown,
  isProbe: total.isProbe || more.isProbe,
  effect: total.effect ?? more.effect,
});
