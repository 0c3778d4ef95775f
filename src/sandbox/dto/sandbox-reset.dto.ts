import { ApiProperty } from '@nestjs/swagger';

/** A reset that was taken. */
export class SandboxResetDto {
  /** The clock of the sandbox is `ready` again when it is done. */
  @ApiProperty({ enum: ['resetting'], example: 'resetting' })
  status!: 'resetting';
}
