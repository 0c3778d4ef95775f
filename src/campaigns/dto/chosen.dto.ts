import { ApiProperty } from '@nestjs/swagger';

/** What became of a call that chose people; what becomes of each stands under `…/recipients`. */
export class ChosenDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d19' */
  @ApiProperty({ format: 'uuid' })
  batchId!: string;

  /** Entries of the call. */
  @ApiProperty({ type: 'integer', example: 50 })
  received!: number;

  /** People who have this content already, or were named twice. */
  @ApiProperty({ type: 'integer', example: 0 })
  duplicates!: number;

  /** Ids that are no people of the campaign's Page. */
  @ApiProperty({ type: 'integer', example: 0 })
  unknown!: number;

  /** The first 100 of them. */
  @ApiProperty({ type: 'string', isArray: true, example: [] })
  unknownIds!: string[];
}
