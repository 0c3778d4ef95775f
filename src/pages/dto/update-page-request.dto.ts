import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { Line, Lines } from '../../input/text';

/** Meta's own limit is 300 and may be raised for a Page; this only keeps a slip of the keyboard out. */
const MOST_SENDS_PER_SECOND = 10_000;

/** What changes; fields that are left out stay as they are. */
export class UpdatePageRequestDto {
  /** @example 'Aurora Clothing' */
  @Omittable()
  @Line(1, 200)
  name?: string;

  /**
   * At most one paid message a person and local day (house rule of R-08).
   * @example true
   */
  @Omittable()
  @IsBoolean()
  oneMessagePerLocalDay?: boolean;

  /**
   * Words beside STOP and UNSUBSCRIBE that opt a person out; whole message, any case.
   * @example ['BASTA', 'CANCELLA']
   */
  @Omittable()
  @Lines({ max: 50, length: 100 })
  optOutWords?: string[];

  /** Most messages a second; null goes back to the default of the installation. */
  @IsOptional()
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 10000, nullable: true, example: 50 })
  @Max(MOST_SENDS_PER_SECOND)
  @Min(1)
  @IsInt()
  sendsPerSecond?: number | null;
}
