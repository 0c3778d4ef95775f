import { defineQuery, defineSignal } from '@temporalio/workflow';

/** Whose life a subscriber workflow walks through; ids only. */
export interface SubscriberInput {
  /** `ARGUMENTS_VERSION` of the release that started it. */
  readonly v: number;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
  /** Address of the person's timeline, without host secrets; ends the details in the Temporal UI. */
  readonly timelineUrl: string;
}

/** Somebody asked for an opt-in. */
export const optInRequestedSignal = defineSignal<[{ readonly requestId: string }]>('optInRequested');

/** A message of this person waits to be decided. */
export const messageRequestedSignal =
  defineSignal<[{ readonly sendId: string; readonly campaignId: string }]>('messageRequested');

/** The person opted in; the token lies encrypted in the inbox row. `at` is ISO 8601. */
export const optedInSignal = defineSignal<[{ readonly inboxId: string; readonly at: string }]>('optedIn');

/** The person left; the row says so already. */
export const optedOutSignal = defineSignal<[{ readonly at: string; readonly source: string }]>('optedOut');

/** An order of this person reached a status. */
export const orderStatusChangedSignal =
  defineSignal<[{ readonly orderEventId: string; readonly status: string; readonly at: string }]>('orderStatusChanged');

/** A campaign holds a message for this person until its slot. */
export const messageHeldSignal =
  defineSignal<[{ readonly sendId: string; readonly campaignId: string; readonly dueAt: string | null }]>(
    'messageHeld',
  );

/** The person acted, which the workflow had waited for. */
export const inboundSignal = defineSignal<[{ readonly at: string }]>('inbound');

/** What became of a campaign for this person. */
export interface CampaignOutcome {
  readonly campaignId: string;
  readonly state: string;
  readonly ruleId?: string;
  readonly slotOpensAt?: string;
}
export const campaignOutcomeSignal = defineSignal<[CampaignOutcome]>('campaignOutcome');

/** What an operator asks the workflow itself. Times are ISO 8601. */
export interface SubscriberView {
  readonly stage: 'idle' | 'storeToken' | 'askForOptIn' | 'coolDown' | 'waitForSlot' | 'optOut' | 'sequence';
  readonly consent: string;
  readonly topics: readonly string[];
  readonly mayAskAgain: readonly { readonly title: string; readonly at: string }[];
  readonly held: readonly {
    readonly sendId: string;
    readonly campaignId: string;
    readonly dueAt: string | null;
    readonly ruleId: string | null;
  }[];
  readonly nextAt: string | null;
  readonly lastOutcome: CampaignOutcome | null;
  readonly asOf: string;
}
export const subscriberViewQuery = defineQuery<SubscriberView>('view');
