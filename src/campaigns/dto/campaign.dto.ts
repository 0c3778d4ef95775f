import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { CAMPAIGN_STATES } from '../../../domain/campaign/campaign-transitions';
import { RULE_IDS } from '../../../domain/rules/rule';
import { WHEN_NOT_NOW } from '../../input/vocabulary';

/** Why a campaign is in its state. */
const CAMPAIGN_REASONS = [
  'completed',
  'budget_exhausted',
  'schedule_ended',
  'stopped_by_request',
  'paused_by_request',
  'page_restricted',
  'payment',
  'content',
  'account',
  'not_ready',
] as const;

/** Whom a campaign is for, as it was given. */
export class CampaignAudienceDto {
  @ApiProperty({ enum: [true] })
  all?: true;
  @ApiProperty({ format: 'uuid' })
  topicId?: string;
  source?: string;
  @ApiProperty({ type: 'string', format: 'uuid', isArray: true })
  subscriberIds?: string[];
}

/** A campaign's money; minor units of the currency. */
export class CampaignBudgetDto {
  @ApiProperty({ enum: ['lifetime'] })
  type!: string;
  @ApiProperty({ type: 'integer', example: 10000 })
  amountMinor!: number;
  /** @example 'EUR' */
  currency!: string;
  /** Taken by messages on their way. */
  @ApiProperty({ type: 'integer', example: 300 })
  reservedMinor!: number;
  /** Paid for delivered messages, by our own ledger. */
  @ApiProperty({ type: 'integer', example: 7000 })
  spentMinor!: number;
  /** What may still be reserved. */
  @ApiProperty({ type: 'integer', example: 2700 })
  remainingMinor!: number;
  /** What Meta says it spent. */
  @ApiProperty({ type: 'integer' })
  metaSpendMinor?: number;
  /** Meta delivered beyond the budget what it had reported as failed: nothing more is sent until a raise. Absent else. */
  @ApiProperty({ example: true })
  overdrawn?: boolean;
}

/** When a campaign sends. */
export class CampaignScheduleDto {
  /** @example '2026-11-23T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  startAt!: string;
  /** @example '2026-11-28T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  endAt?: string;
}

/** How many people of the campaign are in each state. `sent`, `delivered`, `read`, `clicked`: reached at least. */
export class CampaignCountsDto {
  /** People of the frozen audience. */
  @ApiProperty({ type: 'integer', example: 1000 })
  audience!: number;
  /** Accepted from you, not yet decided. */
  @ApiProperty({ type: 'integer', example: 0 })
  queued!: number;
  /** Waiting for their slot or for money. */
  @ApiProperty({ type: 'integer', example: 40 })
  held!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  claimed!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  sending!: number;
  /** Accepted by Meta or further. */
  @ApiProperty({ type: 'integer', example: 900 })
  sent!: number;
  /** The same as `sent`. */
  @ApiProperty({ type: 'integer', example: 900 })
  accepted!: number;
  @ApiProperty({ type: 'integer', example: 890 })
  delivered!: number;
  @ApiProperty({ type: 'integer', example: 540 })
  read!: number;
  @ApiProperty({ type: 'integer', example: 110 })
  clicked!: number;
  @ApiProperty({ type: 'integer', example: 10 })
  failed!: number;
  @ApiProperty({ type: 'integer', example: 50 })
  refused!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  unknown!: number;
  /** Still unknown after 24 hours; never sent again. */
  @ApiProperty({ type: 'integer', example: 0 })
  assumed_sent!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  cancelled!: number;
}

/** What a campaign waits for. */
export class CampaignWaitDto {
  /** @example 'population' */
  what!: string;
  @ApiProperty({ format: 'date-time' })
  since!: string;
  @ApiProperty({ format: 'date-time' })
  until?: string;
  @ApiProperty({ enum: RULE_IDS, example: 'R-13' })
  ruleId?: string;
}

/** A campaign with its money and its course. */
export class CampaignDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d15' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10' */
  @ApiProperty({ format: 'uuid' })
  pageId!: string;

  /** @example '1029384756' */
  metaPageId!: string;

  /** @example 'Black Friday' */
  name!: string;

  @ApiProperty({ enum: ['direct'] })
  kind!: string;

  @ApiProperty({ enum: CAMPAIGN_STATES, example: 'active' })
  state!: string;

  /** Why it is in that state, where there is something to say. */
  @ApiProperty({ enum: CAMPAIGN_REASONS, example: 'budget_exhausted' })
  reason?: string;

  /** The campaign's own content. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'The new collection is here.' } })
  content?: Record<string, unknown>;

  audience?: CampaignAudienceDto;

  @ApiProperty({ enum: ['frozen'] })
  audienceMode!: string;

  budget!: CampaignBudgetDto;

  schedule!: CampaignScheduleDto;

  /** @example 10 */
  @ApiProperty({ type: 'integer' })
  bidMinor?: number;

  /** What a message reserves: the bid, else Meta's estimate at the start, else a default of the currency. */
  @ApiProperty({ type: 'integer', example: 10 })
  unitCostMinor!: number;

  @ApiProperty({ enum: ['bid', 'estimate', 'observed', 'default'], example: 'bid' })
  unitCostSource!: string;

  @ApiProperty({ enum: WHEN_NOT_NOW, example: 'hold' })
  whenSlotTaken!: string;

  @ApiProperty({ enum: WHEN_NOT_NOW, example: 'refuse' })
  whenBudgetUsedUp!: string;

  counts!: CampaignCountsDto;

  waitingFor?: CampaignWaitDto;

  /** When the people who still wait will have been written to, where that can be said. */
  @ApiProperty({ format: 'date-time' })
  etaAt?: string;

  /**
   * Meta's id of the campaign, once it is created there.
   * @example '120210000000000001'
   */
  metaCampaignId?: string;

  /** @example 'campaign/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d15' */
  workflowId!: string;

  /**
   * That workflow in Temporal's web UI.
   * @example 'http://127.0.0.1:8233/namespaces/herald/workflows/campaign%2F0197a1f0'
   */
  temporalUrl!: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  startedAt?: string;

  @ApiProperty({ format: 'date-time' })
  finishedAt?: string;
}

/** A part of a list. */
export class CampaignListDto extends listOf(CampaignDto) {}
