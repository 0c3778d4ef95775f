import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { RULE_IDS } from '../../../domain/rules/rule';

/** What may become of an order event. */
export const ORDER_EVENT_OUTCOMES = ['accepted', 'duplicate', 'stale', 'no_subscriber', 'no_automation'] as const;

/** What an automation will do because of an event. */
export class PlannedStepDto {
  /**
   * `ask` or `send`.
   * @example 'ask'
   */
  step!: string;

  /** When, where that is known. */
  @ApiProperty({ format: 'date-time' })
  at?: string;

  /** The rule it waits for. */
  @ApiProperty({ enum: RULE_IDS, example: 'R-01' })
  ruleId?: string;

  /** When it gives up. */
  @ApiProperty({ format: 'date-time' })
  until?: string;
}

/** What became of an order event. */
export class OrderEventOutcomeDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d1b' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ORDER_EVENT_OUTCOMES, example: 'accepted' })
  outcome!: string;

  /**
   * The workflow of the person, where one is known.
   * @example 'subscriber/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12'
   */
  workflowId?: string;

  @ApiProperty({ type: [PlannedStepDto] })
  willDo!: PlannedStepDto[];
}

/** An order event as it was recorded. */
export class OrderEventDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d1b' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example 'shop' */
  source!: string;

  /** @example '1042' */
  orderId!: string;

  /** @example 'CONFIRMED' */
  status!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10' */
  @ApiProperty({ format: 'uuid' })
  pageId!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @ApiProperty({ format: 'uuid' })
  subscriberId?: string;

  /** @example '2026-11-22T08:59:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  occurredAt!: string;

  @ApiProperty({ type: 'integer', example: 4990 })
  amountMinor?: number;

  /** @example 'EUR' */
  currency?: string;

  @ApiProperty({ enum: ORDER_EVENT_OUTCOMES, example: 'accepted' })
  outcome!: string;

  /** @example 'subscriber/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  workflowId?: string;
}

/** A part of a list. */
export class OrderEventListDto extends listOf(OrderEventDto) {}
