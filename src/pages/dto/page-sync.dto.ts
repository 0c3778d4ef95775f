import { ApiProperty, PickType } from '@nestjs/swagger';
import { SYNC_STATES } from '../vocabulary';

/** An import of a Page's token list. */
export class PageSyncDto {
  /** @example '019ab0c4-7c00-7000-8000-000000000004' */
  id!: string;

  @ApiProperty({ enum: SYNC_STATES, example: 'done' })
  state!: string;

  @ApiProperty({ type: 'integer', example: 1000, description: 'Rows read from Meta.' })
  seen!: number;

  @ApiProperty({ type: 'integer', example: 20, description: 'People who were not known.' })
  added!: number;

  @ApiProperty({ type: 'integer', example: 980, description: 'People of whom something changed.' })
  changed!: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Tokens that Meta lists no longer.' })
  gone!: number;
}

/** An import that was just asked for. */
export class StartedPageSyncDto extends PickType(PageSyncDto, ['id', 'state'] as const) {}
