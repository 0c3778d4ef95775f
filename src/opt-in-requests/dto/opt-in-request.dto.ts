import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { RULE_IDS } from '../../../domain/rules/rule';

/** Every state of an opt-in request. */
export const OPT_IN_REQUEST_STATES = [
  'waiting',
  'sending',
  'asked',
  'opted_in',
  'refused',
  'failed',
  'unknown',
  'expired',
  'cancelled',
] as const;

/** One request to opt in. */
export class OptInRequestDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d14' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @ApiProperty({ format: 'uuid' })
  subscriberId!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11' */
  @ApiProperty({ format: 'uuid' })
  topicId!: string;

  /** `unknown`: Meta's answer got lost; it counts as asked and is never repeated. */
  @ApiProperty({ enum: OPT_IN_REQUEST_STATES, example: 'waiting' })
  state!: string;

  /** The rule that refuses or that the request waits for. */
  @ApiProperty({ enum: RULE_IDS, example: 'R-01' })
  ruleId?: string;

  /** What the rule looked at. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { windowUntil: null } })
  facts?: Record<string, unknown>;

  /**
   * When the rule would allow it; absent while only the person can change it.
   * @example '2026-11-29T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  allowedAt?: string;

  /**
   * Meta's code, where Meta refused.
   * @example '2018108'
   */
  errorCode?: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  requestedAt!: string;

  /**
   * When the request left for Meta.
   * @example '2026-11-22T09:00:01.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  askedAt?: string;

  /**
   * When a request that waits gives up.
   * @example '2026-11-29T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  expiresAt?: string;

  /**
   * The workflow that asks.
   * @example 'subscriber/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10/0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12'
   */
  workflowId!: string;
}

/** A part of a list. */
export class OptInRequestListDto extends listOf(OptInRequestDto) {}
