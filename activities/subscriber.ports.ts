import type { GraphFailure } from '../domain/delivery/classify-failure';
import type { Consent } from '../domain/subscriber/consent';
import type { OptInRequestState } from '../domain/subscriber/opt-in-request';
import type { SendState } from '../domain/delivery/send-transitions';
import type { CampaignOutcome } from '../workflows/subscriber/subscriber.contract';

/** Whose record it is. */
export interface SubscriberIds {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
}

/** A title that was asked and may not be asked again before a moment. Source: R-03. */
interface CoolDown {
  readonly requestId: string;
  readonly title: string;
  /** Milliseconds since the Unix epoch (UTC). */
  readonly untilMs: number;
}

/** A request that has not been asked yet. */
export interface WaitingRequest {
  readonly requestId: string;
  readonly title: string;
  /** When the rules are asked again, milliseconds (UTC); null while only the person's action can change it. */
  readonly dueAtMs: number | null;
  /** When it stops waiting, milliseconds (UTC). */
  readonly expiresAtMs: number | null;
  readonly ruleId: string | null;
}

/** A message that waits for this person's moment. */
export interface WaitingSend {
  readonly sendId: string;
  readonly campaignId: string;
  readonly state: Extract<SendState, 'queued' | 'held'>;
  /** When it is decided (anew), milliseconds (UTC); null while it waits for money or for its campaign. */
  readonly dueAtMs: number | null;
  readonly ruleId: string | null;
}

/** A run of an automation under way. */
export interface WaitingRun {
  readonly runId: string;
  /** When its present step ends by itself, or is looked at again, milliseconds (UTC). */
  readonly dueAtMs: number | null;
}

/** A token by its id: the value stays in Postgres. */
export interface TokenHandle {
  readonly tokenId: string;
  readonly lane: string;
  /** ISO 8601; null while it does not expire. */
  readonly expiresAt: string | null;
}

/** What became of the newest campaign message of a person. */
export interface LastOutcome extends CampaignOutcome {
  /** ISO 8601. */
  readonly asOf: string;
}

/** What stands in Postgres about one person, as far as their workflow acts on it. Times in milliseconds (UTC). */
export interface SubscriberPlan {
  readonly nowMs: number;
  /** Read before anything else, so that whatever was committed up to it is in the plan. */
  readonly wakeSeq: number;
  readonly actedSeq: number;
  /** What the row says is due next. */
  readonly markedDueAtMs: number | null;
  readonly consent: Consent;
  readonly token: TokenHandle | null;
  readonly topics: readonly { readonly id: string; readonly title: string; readonly sinceMs: number }[];
  /** An opt-out whose waiting things are not cancelled yet. */
  readonly optOutOwed: boolean;
  /** Opt-ins whose token still lies in the inbox, oldest first. */
  readonly optInsOwed: readonly string[];
  readonly runsDue: readonly string[];
  readonly runsWaiting: readonly WaitingRun[];
  readonly requestsDue: readonly string[];
  readonly requestsWaiting: readonly WaitingRequest[];
  readonly coolDowns: readonly CoolDown[];
  readonly sends: readonly WaitingSend[];
  readonly lastOutcome: LastOutcome | null;
  /** After how long without anything to do the workflow ends though consent lasts, wall clock; null = never. */
  readonly idleAfterMs: number | null;
}

/** What a workflow has done and waits for. */
export interface Acted {
  readonly actedSeq: number;
  /** Business time, milliseconds (UTC); null when nothing is due by itself. */
  readonly nextDueAtMs: number | null;
}

/** Whether a workflow that has nothing to do goes on while consent lasts. */
export type WhileGranted = 'stays' | 'ends';

/** The record of one person: what is owed, and what was done about it. */
export interface SubscriberRecord {
  /** @returns null when there is no such person any more */
  load(ids: SubscriberIds): Promise<SubscriberPlan | null>;
  markActed(ids: SubscriberIds, acted: Acted): Promise<void>;
  /**
   * Ends the workflow's term, if nothing is owed and nothing is due.
   *
   * @param whileGranted - `ends`: also while consent lasts, because nothing happened for long
   */
  close(ids: SubscriberIds, whileGranted: WhileGranted): Promise<boolean>;
}

/** Moves a token from the inbox to where sends find it. */
export interface TokenStore {
  /** @returns null when the opt-in changed nothing: the person has left since */
  store(ids: SubscriberIds, inboxId: string): Promise<TokenHandle | null>;
}

/** What became of a request. */
export interface OptInRequestResult {
  readonly state: OptInRequestState;
  readonly ruleId?: string;
}

/** A request on its way to Meta. It holds personal data and stays inside the activity. */
export interface OptInMessage {
  readonly metaPageId: string;
  readonly pageToken: string;
  readonly psid: string;
  readonly title: string;
  readonly imageUrl: string | null;
  readonly imageAspectRatio: string | null;
  readonly timeZone: string | null;
  readonly ctaText: string | null;
  /** Comes back in the opt-in webhook and names the topic. */
  readonly payload: string;
  /** The first byte leaves before this moment of the process's monotonic clock, or never. */
  readonly leaveBeforeMs: number;
}

/** Whether a request may go now. */
export type OptInAttempt =
  | { readonly kind: 'ask'; readonly message: OptInMessage }
  /** Decided without asking Meta, or decided earlier. */
  | { readonly kind: 'settled'; readonly result: OptInRequestResult }
  /** Another attempt may still be at it: look again after this many milliseconds of wall clock. */
  | { readonly kind: 'under_way'; readonly waitMs: number };

/** Meta's answer to a request; without Meta's texts. */
export type OptInAnswer =
  | { readonly kind: 'asked' }
  | { readonly kind: 'unknown' }
  /** No byte left. */
  | { readonly kind: 'not_sent' }
  | ({ readonly kind: 'refused'; readonly code: number } & GraphFailure);

/** The requests of a person; every move under the person's lock. */
export interface OptInRequests {
  begin(ids: SubscriberIds, requestId: string): Promise<OptInAttempt>;
  settle(ids: SubscriberIds, requestId: string, answer: OptInAnswer): Promise<OptInRequestResult>;
}

/** Asks one person at Meta, once. */
export interface OptInSender {
  send(message: OptInMessage): Promise<OptInAnswer>;
}

/** The state of a run after a step. */
export interface RunResult {
  readonly state: string;
  readonly step: number;
}

/** The runs of automations. */
export interface AutomationRuns {
  /** Walks a run as far as it goes now. */
  advance(ids: SubscriberIds, runId: string): Promise<RunResult>;
}

/** What an opt-out cancelled. */
export interface CancelledByOptOut {
  readonly sends: number;
  readonly requests: number;
  readonly runs: number;
}

/** What is left to do about an opt-out after its row. */
export interface OptOuts {
  finish(ids: SubscriberIds): Promise<CancelledByOptOut>;
}

/** All that the activities of a subscriber reach the world through. */
export interface SubscriberPorts {
  readonly record: SubscriberRecord;
  readonly tokens: TokenStore;
  readonly requests: OptInRequests;
  readonly optInSender: OptInSender;
  readonly runs: AutomationRuns;
  readonly optOuts: OptOuts;
}
