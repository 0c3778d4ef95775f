import { ApiProperty } from '@nestjs/swagger';

/** Business time. */
export class SandboxClockDto {
  /** The business time of this answer. */
  @ApiProperty({ type: String, format: 'date-time' })
  now!: string;

  /** `ready` when nothing is left that was due. */
  @ApiProperty({ enum: ['ready', 'advancing'], example: 'ready' })
  status!: 'ready' | 'advancing';

  /** Where it is moving to; null when it is ready. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  target!: string | null;
}
