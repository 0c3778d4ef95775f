import { ApiProperty } from '@nestjs/swagger';
import { RULE_IDS } from '../../../domain/rules/rule';

/** Whether one lane may carry the message. */
export class LaneDecisionDto {
  @ApiProperty({ enum: ['window', 'tag', 'rn', 'paid'], example: 'paid' })
  lane!: string;

  /** @example false */
  allowed!: boolean;

  /** The rule that refuses; see `GET /v1/rules/{ruleId}`. */
  @ApiProperty({ enum: RULE_IDS, example: 'R-08' })
  ruleId?: string;

  /** What the rule looked at. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { paidSlotUntil: '2026-11-23T09:00:00.000Z' } })
  facts!: Record<string, unknown>;

  /**
   * When the answer would change, as far as it is known.
   * @example '2026-11-23T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  allowedAt?: string;
}

/** Whether a person may be written to, and by which lane. */
export class EligibilityDto {
  /**
   * The moment judged.
   * @example '2026-11-22T09:00:00.000Z'
   */
  @ApiProperty({ format: 'date-time' })
  at!: string;

  /**
   * What the message would be for.
   * @example 'promotional'
   */
  content!: string;

  /**
   * Whether any lane may carry it.
   * @example false
   */
  allowed!: boolean;

  /** The first lane that may carry it, the free ones first; null while none may. */
  @ApiProperty({ enum: ['window', 'tag', 'rn', 'paid'], nullable: true, example: null })
  lane!: string | null;

  @ApiProperty({ type: [LaneDecisionDto] })
  decisions!: LaneDecisionDto[];
}
