import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { AmountMinor } from '../../input/amount';
import { OneOf } from '../../input/available';
import { Content } from '../../input/content';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';
import { WHEN_NOT_NOW } from '../../input/vocabulary';
import { IsPresent } from '../../input/present';
import { AudienceDto } from './audience.dto';
import { BudgetDto } from './budget.dto';
import { ScheduleDto } from './schedule.dto';
import { Omittable } from '../../input/omittable';

/** A new campaign; it is a draft until it is started. */
export class CreateCampaignRequestDto {
  /** @example 'Black Friday' */
  @Line(1, 200)
  name!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10' */
  @Reference()
  pageId!: string;

  /** `direct`: Herald sends to individuals, chosen by `…/messages` or by the audience. */
  @OneOf(['direct'], ['pool', 'broadcast'])
  kind!: 'direct';

  /** The campaign's own content, for people who are chosen without one; an audience needs it. */
  @Omittable()
  @Content()
  content?: Record<string, unknown>;

  /** Whom it is for; absent when people are chosen by `…/messages`. */
  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => AudienceDto)
  audience?: AudienceDto;

  /** `frozen` (default): who is in the audience is fixed at the start. */
  @Omittable()
  @OneOf(['frozen'], ['live'])
  audienceMode?: 'frozen';

  @IsPresent()
  @ValidateNested()
  @Type(() => BudgetDto)
  budget!: BudgetDto;

  @IsPresent()
  @ValidateNested()
  @Type(() => ScheduleDto)
  schedule!: ScheduleDto;

  /**
   * What a delivered message may cost at most, minor units; Meta's estimate counts without it.
   * @example 10
   */
  @Omittable()
  @AmountMinor()
  bidMinor?: number;

  /** Whether people whose slot is taken wait for it; `hold` when absent. */
  @Omittable()
  @OneOf(WHEN_NOT_NOW)
  whenSlotTaken?: (typeof WHEN_NOT_NOW)[number];

  /** Whether chosen people wait for a raise once the budget is used up; `refuse` when absent. */
  @Omittable()
  @OneOf(WHEN_NOT_NOW)
  whenBudgetUsedUp?: (typeof WHEN_NOT_NOW)[number];
}
