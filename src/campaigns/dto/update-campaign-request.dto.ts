import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { AmountMinor, Currency } from '../../input/amount';
import { OneOf } from '../../input/available';
import { Content } from '../../input/content';
import { Moment } from '../../input/moment';
import { IsPresent } from '../../input/present';
import { Line } from '../../input/text';
import { Omittable } from '../../input/omittable';

/** The budget as it shall be. */
export class UpdateBudgetDto {
  /** Cannot change; may be repeated. */
  @Omittable()
  @OneOf(['lifetime'], ['daily'])
  type?: 'lifetime';

  /**
   * Minor units; not below what is reserved and spent.
   * @example 20000
   */
  @AmountMinor()
  amountMinor!: number;

  /** Cannot change; may be repeated. */
  @Omittable()
  @Currency()
  currency?: string;
}

/** The schedule as it shall be. */
export class UpdateScheduleDto {
  /** Cannot change; may be repeated. */
  @Omittable()
  @Moment()
  startAt?: string;

  /**
   * A moment that has not come.
   * @example '2026-11-30T09:00:00Z'
   */
  @Omittable()
  @Moment()
  endAt?: string;
}

/** What changes; fields that are left out stay as they are. */
export class UpdateCampaignRequestDto {
  /**
   * Possible in every state.
   * @example 'Black Friday, prolonged'
   */
  @Omittable()
  @Line(1, 200)
  name?: string;

  /** Possible in `draft`. */
  @Omittable()
  @Content()
  content?: Record<string, unknown>;

  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => UpdateBudgetDto)
  budget?: UpdateBudgetDto;

  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => UpdateScheduleDto)
  schedule?: UpdateScheduleDto;

  /** The same as `schedule.endAt`. */
  @Omittable()
  @Moment()
  endAt?: string;
}
