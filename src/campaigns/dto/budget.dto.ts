import { ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { AmountMinor, Currency } from '../../input/amount';
import { OneOf } from '../../input/available';
import { check } from '../../input/check';

/** What a campaign may cost. */
export class BudgetDto {
  /** `lifetime`: a hard total; the schedule needs an end. */
  @OneOf(['lifetime'], ['daily'])
  type!: 'lifetime';

  /**
   * Minor units of the currency: 10000 = 100.00 EUR.
   * @example 10000
   */
  @AmountMinor()
  amountMinor!: number;

  /**
   * The ad account's currency, ISO 4217.
   * @example 'EUR'
   */
  @Currency()
  currency!: string;

  @Omittable()
  @check('allowOvershoot', (value) =>
    value === false ? null : 'belongs to daily budgets, which are not available in this version',
  )
  @ApiProperty({ enum: [false], description: 'A lifetime budget is never exceeded.' })
  allowOvershoot?: false;
}
