import type { CampaignMover, CampaignReason, CampaignState } from '../domain/campaign/campaign-transitions';

/** Which campaign. */
export interface CampaignIds {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly campaignId: string;
}

/** What stands in Postgres about one campaign, as far as its workflow acts on it. Times in milliseconds (UTC), money in minor units. */
export interface CampaignPlan {
  readonly nowMs: number;
  /** Read before anything else, so that whatever was committed up to it is in the plan. */
  readonly wakeSeq: number;
  readonly actedSeq: number;
  readonly markedDueAtMs: number | null;
  readonly state: CampaignState;
  readonly reason: CampaignReason | null;
  readonly startAtMs: number;
  readonly endAtMs: number | null;
  /** Whether it exists at Meta. */
  readonly isAtMeta: boolean;
  /** When it is created there: a day before its start, later after a refusal. */
  readonly createAtMs: number;
  /** Budget or end changed here and not yet at Meta. */
  readonly isOutdatedAtMeta: boolean;
  /** the next moment to look whether Meta sends; null before it exists there. */
  readonly probeAtMs: number | null;
  /** From when on a campaign that is still not ready is an operator's matter. */
  readonly alarmAtMs: number | null;
  /** No claim before it: Meta's pacing, rate or readiness. */
  readonly claimsFromMs: number | null;
  readonly restriction: string | null;
  readonly money: {
    readonly kind: 'lifetime' | 'daily';
    readonly reservedMinor: number;
    readonly spentMinor: number;
    readonly remainingMinor: number;
    readonly unitCostMinor: number;
    readonly nextBudgetDayAtMs: number | null;
  };
  readonly queued: number;
  /** 1 while somebody of the audience is undecided. */
  readonly audienceLeft: number;
  readonly nextHeldDueMs: number | null;
  readonly heldForMoney: number;
  /** A batch of this workflow is not closed. */
  readonly hasOpenBatch: boolean;
  /** Rows that are claimed or sending, by whomever. */
  readonly inFlight: number;
  readonly frozenAudience: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly isClosedOut: boolean;
}

/** What the campaign waits for, as `waitingFor` of the API shows it. */
export interface WaitingFor {
  readonly what: 'start' | 'population' | 'budget_day' | 'budget' | 'slot' | 'recipients' | 'meta' | 'resume';
  /** Milliseconds (UTC); null while only an event ends it. */
  readonly untilMs: number | null;
  readonly ruleId: string | null;
}

/** What a campaign's workflow has done and waits for. */
export interface CampaignActed {
  readonly actedSeq: number;
  readonly nextDueAtMs: number | null;
  readonly waitingFor: WaitingFor | null;
  readonly reason: CampaignReason | null;
}

/** A move of the campaign's row along the one transition table. */
export interface CampaignMove {
  readonly to: CampaignState;
  readonly by: CampaignMover;
  readonly reason: CampaignReason | null;
  /** `wakeSeq` of the plan that decided it: it moves nothing once more was asked. Without it any plan will do. */
  readonly wakeSeq?: number;
}

/** The campaign's row and what it owes. */
export interface CampaignRecords {
  load(ids: CampaignIds): Promise<CampaignPlan | null>;
  markActed(ids: CampaignIds, acted: CampaignActed): Promise<void>;
  /** Ends what is owed by comparing once more. @returns false when something was asked of it meanwhile */
  close(ids: CampaignIds): Promise<boolean>;
  move(ids: CampaignIds, move: CampaignMove): Promise<boolean>;
}

/** The campaign at Meta. */
export interface CampaignAtMeta {
  /** Creates it once, whatever became of earlier answers. */
  create(ids: CampaignIds): Promise<void>;
  /** Carries a raised budget or a later end over. */
  update(ids: CampaignIds): Promise<void>;
  /** Asks whether Meta sends, where there is nobody to probe with. */
  readReadiness(ids: CampaignIds): Promise<void>;
}

/** What one batch came to. */
export interface BatchResult {
  readonly claimed: number;
  readonly held: number;
  readonly refused: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  /** What the refusal that stopped it names, if one did. */
  readonly stoppedBy: string | null;
}

/** Batches of a campaign. */
export interface CampaignBatches {
  draw(ids: CampaignIds, atMost: number): Promise<BatchResult>;
  /** @returns whether nothing is claimed or in flight any more */
  closeOut(ids: CampaignIds, reason: string): Promise<boolean>;
  /** @returns whether nothing is claimed or in flight any more */
  pauseOut(ids: CampaignIds): Promise<boolean>;
}

/** All that the activities of a campaign reach the world through. */
export interface CampaignPorts {
  readonly records: CampaignRecords;
  readonly atMeta: CampaignAtMeta;
  readonly batches: CampaignBatches;
}
