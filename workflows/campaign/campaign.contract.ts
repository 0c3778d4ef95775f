import { defineQuery, defineSignal } from '@temporalio/workflow';

/** Which campaign a campaign workflow runs; ids only. */
export interface CampaignInput {
  /** `ARGUMENTS_VERSION` of the release that started it. */
  readonly v: number;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly campaignId: string;
  /** Address of the campaign in the API; ends the details in the Temporal UI. */
  readonly campaignUrl: string;
}

/** The row says `paused`; close the batch and wait. */
export const pauseSignal = defineSignal('pause');
/** The row says where it went back to. */
export const resumeSignal = defineSignal('resume');
/** The row says `stopped`; close out. */
export const stopSignal = defineSignal('stop');
/** Budget or end changed. */
export const budgetChangedSignal = defineSignal('budgetChanged');
/** People were chosen. */
export const recipientsAddedSignal =
  defineSignal<[{ readonly choiceId: string; readonly count: number }]>('recipientsAdded');
/** Meta restricted the Page. */
export const pageRestrictedSignal = defineSignal<[{ readonly restriction: string }]>('pageRestricted');

/** What an operator asks the workflow itself. Money in minor units, times ISO 8601. */
export interface CampaignView {
  readonly stage: 'waitForStart' | 'waitForPopulation' | 'drawDown' | 'paused' | 'scheduleEnd' | 'closed';
  readonly state: string;
  readonly reason: string | null;
  readonly reservedMinor: number;
  readonly spentMinor: number;
  readonly remainingMinor: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly waitingFor: { readonly what: string; readonly until: string | null; readonly ruleId: string | null } | null;
  readonly endAt: string | null;
  readonly asOf: string;
}
export const campaignViewQuery = defineQuery<CampaignView>('view');
