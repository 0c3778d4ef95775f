import { ApiProperty } from '@nestjs/swagger';

/** What a start would do now. */
export class StartDryRunDto {
  @ApiProperty({ enum: [true] })
  dryRun!: true;

  /** People of the audience, as it is now. */
  @ApiProperty({ type: 'integer', example: 1000 })
  audience!: number;

  /** How many could be sent to at the start. */
  @ApiProperty({ type: 'integer', example: 940 })
  send!: number;

  /** How many would wait. */
  @ApiProperty({ type: 'integer', example: 40 })
  held!: number;

  /** How many would be refused. */
  @ApiProperty({ type: 'integer', example: 20 })
  refused!: number;

  /** How many the budget does not reach. */
  @ApiProperty({ type: 'integer', example: 0 })
  beyondBudget!: number;

  /** Held and refused people by the rule that decides. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { 'R-08': 40, 'R-11': 20 } })
  byRule!: Record<string, number>;
}
