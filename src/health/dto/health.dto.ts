import { ApiProperty } from '@nestjs/swagger';

/** The process runs. */
export class LivenessDto {
  @ApiProperty({ enum: ['live'], example: 'live' })
  status!: 'live';
}

/** Whether requests can be served, and what decides it. */
export class ReadinessDto {
  @ApiProperty({ enum: ['ready', 'not_ready'], example: 'ready' })
  status!: 'ready' | 'not_ready';

  @ApiProperty({ enum: ['up', 'down'], example: 'up' })
  postgres!: 'up' | 'down';

  @ApiProperty({ enum: ['done', 'pending', 'unknown'], example: 'done' })
  migrations!: 'done' | 'pending' | 'unknown';

  /** Shown only: its absence delays workflows and loses nothing. */
  @ApiProperty({ enum: ['up', 'down'], example: 'up' })
  temporal!: 'up' | 'down';
}
