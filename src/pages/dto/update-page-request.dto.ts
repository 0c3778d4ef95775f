import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { Line, Lines } from '../../input/text';

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
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 300, nullable: true, example: 50 })
  @Max(300)
  @Min(1)
  @IsInt()
  sendsPerSecond?: number | null;
}
