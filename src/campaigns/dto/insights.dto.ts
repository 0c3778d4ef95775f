import { ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { SEND_STATES } from '../../../domain/delivery/send-transitions';
import { listOf, PageQueryDto } from '../../http/paging';
import { check } from '../../input/check';

/** How figures are grouped. */
const INSIGHTS_BY = ['total', 'day', 'recipient'] as const;

/** Groupings of later versions. */
const LATER_INSIGHTS_BY = ['set', 'message', 'country'] as const;

type InsightsBy = (typeof INSIGHTS_BY)[number] | (typeof LATER_INSIGHTS_BY)[number];

const KNOWN: readonly InsightsBy[] = [...INSIGHTS_BY, ...LATER_INSIGHTS_BY];

/** Which figures are asked for. */
export class InsightsQueryDto extends PageQueryDto {
  /** `total` when absent; `day` is a local day of the ad account. Only `day` and `recipient` come in parts. */
  @Omittable()
  @check('insightsBy', (value) =>
    KNOWN.some((word) => word === value) ? null : `must be one of ${INSIGHTS_BY.join(', ')}`,
  )
  @ApiProperty({ enum: INSIGHTS_BY })
  by?: InsightsBy;
}

/** Figures of our own ledger; messages unless said otherwise, money in minor units. */
export class InsightFiguresDto {
  @ApiProperty({ type: 'integer', example: 100 })
  sent!: number;
  @ApiProperty({ type: 'integer', example: 98 })
  delivered!: number;
  @ApiProperty({ type: 'integer', example: 60 })
  read!: number;
  /** Messages with at least one tap on a link. */
  @ApiProperty({ type: 'integer', example: 12 })
  clicked!: number;
  /** Taps on links. */
  @ApiProperty({ type: 'integer', example: 15 })
  linkClicks!: number;
  @ApiProperty({ type: 'integer', example: 2 })
  failed!: number;
  @ApiProperty({ type: 'integer', example: 20 })
  refused!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  held!: number;
  @ApiProperty({ type: 'integer', example: 0 })
  unknown!: number;
  @ApiProperty({ type: 'integer', example: 9800 })
  spendMinor!: number;
  /** Read of delivered, 0 to 1; null before the first delivery. */
  @ApiProperty({ type: 'number', nullable: true, example: 0.61 })
  readRate!: number | null;
  /** Clicked of delivered, 0 to 1; null before the first delivery. */
  @ApiProperty({ type: 'number', nullable: true, example: 0.12 })
  clickRate!: number | null;
  /** Minor units; null before the first delivery. */
  @ApiProperty({ type: 'number', nullable: true, example: 100 })
  costPerDeliveredMinor!: number | null;
  /** Minor units for each tap on a link; null before the first. */
  @ApiProperty({ type: 'number', nullable: true, example: 653 })
  costPerClickMinor!: number | null;
}

/** Figures of one local day of the ad account. */
export class InsightDayDto extends InsightFiguresDto {
  /** @example '2026-11-22' */
  @ApiProperty({ format: 'date' })
  day!: string;
}

/** Figures of one person's messages. */
export class InsightRecipientDto extends InsightFiguresDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  @ApiProperty({ format: 'uuid' })
  subscriberId!: string;
  @ApiProperty({ enum: SEND_STATES, example: 'read' })
  state!: string;
}

/** Figures of the whole campaign. */
export class InsightTotalDto extends InsightFiguresDto {
  @ApiProperty({ enum: ['total'] })
  by!: 'total';
  /** @example 'EUR' */
  currency!: string;
}

/** Figures by day, oldest first. */
export class InsightDayListDto extends listOf(InsightDayDto) {}

/** Figures by recipient, in the order they were chosen. */
export class InsightRecipientListDto extends listOf(InsightRecipientDto) {}
