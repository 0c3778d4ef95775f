import { ApiProperty } from '@nestjs/swagger';
import type { RuleId, RuleParams } from '../../../domain/rules/rule';
import { listOf } from '../../http/paging';

/** Where a rule comes from. */
export class RuleSourceDto {
  /** @example 'Marketing Messages changelog' */
  label!: string;

  /** @example 'https://developers.facebook.com/docs/messenger-platform' */
  reference!: string;
}

/** What a rule said during one period. */
export class RuleVersionDto {
  /**
   * First UTC day in force.
   * @example '2025-08-11'
   */
  from!: string;

  /**
   * Last UTC day in force; absent while it is in force.
   * @example '2025-08-10'
   */
  to?: string;

  /**
   * Length of time the rule speaks of, ISO 8601.
   * @example 'PT12H'
   */
  window?: string;

  /** What is particular to this version. */
  note?: string;

  /** The figures of the rule in this version. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { oneMessagePerLocalDay: true } })
  params!: RuleParams;
}

/** A rule by which Herald decides, as dated data. */
export class RuleDto {
  /** @example 'R-08' */
  @ApiProperty({ type: String })
  id!: RuleId;

  /** @example 'Spacing of paid messages' */
  title!: string;

  /** @example 'paid message' */
  product!: string;

  /** @example 'person at Page' */
  scope!: string;

  /** @example 'Two paid messages to a person stand at least 12 hours apart and, by house rule, on two local days.' */
  sentence!: string;

  source!: RuleSourceDto;

  /** Oldest first. */
  versions!: RuleVersionDto[];

  /** The version in force at the business time of the answer; null when the rule is not in force. */
  @ApiProperty({ type: RuleVersionDto, nullable: true })
  inForce!: RuleVersionDto | null;

  /** @example 'domain/delivery/next-paid-slot.ts' */
  enforcedBy?: string;

  /** @example 'test/domain/next-paid-slot.unit.spec.ts' */
  testedBy?: string;
}

/** A part of the rules. */
export class RuleListDto extends listOf(RuleDto) {}
