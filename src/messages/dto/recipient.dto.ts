import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { SEND_STATES } from '../../../domain/delivery/send-transitions';
import { RULE_IDS } from '../../../domain/rules/rule';

/** One message to one person, as the ledger has it. */
export class RecipientDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d16' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @ApiProperty({ format: 'uuid' })
  subscriberId!: string;

  /**
   * The content; recipients of the same content share it.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d17'
   */
  @ApiProperty({ format: 'uuid' })
  messageId!: string;

  /** `queued`: accepted, not yet decided; `unknown`: Meta's answer got lost, never sent again. */
  @ApiProperty({ enum: SEND_STATES, example: 'delivered' })
  state!: string;

  /** The rule that refused or holds. */
  @ApiProperty({ enum: RULE_IDS, example: 'R-08' })
  ruleId?: string;

  /** What the rule looked at. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { paidSlotUntil: '2026-11-23T09:00:00.000Z' } })
  facts?: Record<string, unknown>;

  /**
   * When the decision would change.
   * @example '2026-11-23T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  allowedAt?: string;

  /**
   * Why it failed or was cancelled, for example Meta's code.
   * @example '2300034'
   */
  reason?: string;

  /**
   * Meta's tracking id.
   * @example '4b1f0c2e-9d0a-4d0e-8d7e-0c8f6a1b2c3d'
   */
  trackingId?: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  claimedAt?: string;

  /** @example '2026-11-22T09:00:01.000Z' */
  @ApiProperty({ format: 'date-time' })
  acceptedAt?: string;

  /** @example '2026-11-22T09:00:03.000Z' */
  @ApiProperty({ format: 'date-time' })
  deliveredAt?: string;

  /** @example '2026-11-22T09:05:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  readAt?: string;

  /** @example '2026-11-22T09:05:10.000Z' */
  @ApiProperty({ format: 'date-time' })
  clickedAt?: string;
}

/** A part of a list. */
export class RecipientListDto extends listOf(RecipientDto) {}
