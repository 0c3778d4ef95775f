import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import { Omittable } from './omittable';

/** Whether the call only says what would happen. */
export class DryRunQueryDto {
  /** `true` says what would happen and changes nothing. */
  @Omittable()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsIn([true, false], { message: 'must be true or false' })
  @ApiProperty({ type: 'boolean' })
  dryRun?: boolean;
}
