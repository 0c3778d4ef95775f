import type { CampaignReason, CampaignState } from '../campaign/campaign-transitions';
import type { RuleId } from '../rules/rule';
import type { Consent } from '../subscriber/consent';

/** The platform of a Page. */
export type Platform = 'messenger' | 'instagram';

/** What a message is for. */
export type Purpose =
  | 'promotional'
  | 'event_update'
  | 'post_purchase'
  | 'account_update'
  | 'human_reply'
  | 'feedback'
  | 'news'
  | 'transactional';

/** Meta's block of a Page, of the app or of the connected person's account. */
export interface PageRestriction {
  readonly subject: 'page' | 'app' | 'account';
  /** A permanent one ends campaigns. */
  readonly permanent: boolean;
  /** Meta's reason in Meta's words, null when none was given. */
  readonly reason: string | null;
  /** Milliseconds since the Unix epoch; null when Meta names no end. */
  readonly untilMs: number | null;
}

/** The campaign that a message belongs to. */
export interface CampaignFacts {
  readonly state: CampaignState;
  readonly reason: CampaignReason | null;
  /** A Page's campaign of single messages: it has neither state, schedule nor budget. */
  readonly hidden: boolean;
  readonly startAtMs: number;
  readonly endAtMs: number | null;
  /** R-13's floor, see `earliestProbeMs`; null where nothing has to become ready. */
  readonly readyAtMs: number | null;
}

/** The Page that sends. */
export interface PageFacts {
  readonly restriction: PageRestriction | null;
  readonly platform: Platform;
  /** ISO 3166 code of the business, empty when unknown. */
  readonly country: string;
  /** IANA name; the local day of people whose own zone is unknown. */
  readonly timeZone: string;
  /** The house rule of R-08. */
  readonly oneMessagePerLocalDay: boolean;
}

/** A token by which a person may be written to. */
interface TokenFacts {
  readonly state: 'active' | 'ended';
  readonly lane: 'paid' | 'rn';
  readonly expiresAtMs: number | null;
}

/** The person who is written to; all moments in milliseconds since the Unix epoch. */
export interface PersonFacts {
  readonly consent: Consent;
  readonly consentAtMs: number | null;
  readonly token: TokenFacts | null;
  /** Our own slot: until then this person got, or may have got, a paid message from us. */
  readonly paidSlotUntilMs: number | null;
  /** Meta's word on the next paid message. */
  readonly metaPaidUntilMs: number | null;
  /** The rule behind Meta's word. */
  readonly metaPaidRule: 'R-08' | 'R-20' | null;
  readonly windowUntilMs: number | null;
  readonly timeZone: string | null;
  /** ISO 3166 code, or the word for an excluded region; null when unknown. */
  readonly region: string | null;
}

/** The money left for one more message, in minor units of the currency. */
export interface BudgetFacts {
  readonly kind: 'daily' | 'lifetime';
  readonly remainingMinor: number;
  readonly unitCostMinor: number;
  readonly currency: string;
  /** The next local midnight of the ad account; null for a lifetime budget. */
  readonly nextBudgetDayAtMs: number | null;
}

/** The content of the message, as far as a decision needs it. */
interface ContentFacts {
  readonly purpose: Purpose;
  /** What is wrong with it for this person, for example `variable "city" is missing`; never a value. */
  readonly problem: string | null;
}

/** What is done with a person who cannot be written to now. */
export type WhenNotNow = 'hold' | 'refuse';

/** Everything `decideSend` looks at. */
export interface SendFacts {
  readonly lane: 'paid' | 'window';
  readonly campaign: CampaignFacts;
  readonly page: PageFacts;
  readonly person: PersonFacts;
  readonly content: ContentFacts;
  /** The same content of this campaign went, or may have gone, to this person. */
  readonly alreadyChosen: boolean;
  /** Null where nothing is paid for. */
  readonly budget: BudgetFacts | null;
  readonly whenSlotTaken: WhenNotNow;
  readonly whenBudgetUsedUp: WhenNotNow;
}

/** Which of the two rules stands behind Meta's word. */
export type MetaPaidRule = Extract<RuleId, 'R-08' | 'R-20'>;
