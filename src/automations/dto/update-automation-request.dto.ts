import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import { NotAvailable } from '../../input/available';
import { IsPresent } from '../../input/present';
import { References } from '../../input/reference';
import { Line } from '../../input/text';
import { StepDto, STEPS_EXAMPLE } from './step.dto';
import { TriggerDto } from './trigger.dto';
import { Omittable } from '../../input/omittable';

/** What changes; people who are under way go on with the steps they began with. */
export class UpdateAutomationRequestDto {
  /** @example 'Order confirmed' */
  @Omittable()
  @Line(1, 200)
  name?: string;

  /** @example ['0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10'] */
  @Omittable()
  @References(100)
  pageIds?: string[];

  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => TriggerDto)
  trigger?: TriggerDto;

  /** All steps; the list replaces the former one. */
  @Omittable()
  @IsArray({ message: 'must be a list of steps' })
  @ArrayMinSize(1, { message: 'must have at least one step' })
  @ArrayMaxSize(20, { message: 'must have at most 20 steps' })
  @ValidateNested({ each: true })
  @Type(() => StepDto)
  @ApiProperty({ type: [StepDto], example: STEPS_EXAMPLE })
  steps?: StepDto[];

  @ApiHideProperty()
  @NotAvailable()
  sequenceId?: unknown;
}
