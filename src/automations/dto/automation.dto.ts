import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { StepDto } from './step.dto';
import { TriggerDto } from './trigger.dto';

/** A trigger and what happens then. */
export class AutomationDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d1a' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** @example 'Order confirmed' */
  name!: string;

  @ApiProperty({ type: 'string', format: 'uuid', isArray: true })
  pageIds!: string[];

  /** Whether new events start it. */
  enabled!: boolean;

  trigger!: TriggerDto;

  @ApiProperty({ type: [StepDto] })
  steps!: StepDto[];

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** A part of a list. */
export class AutomationListDto extends listOf(AutomationDto) {}
