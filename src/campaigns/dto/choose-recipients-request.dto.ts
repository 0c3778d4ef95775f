import { ApiProperty } from '@nestjs/swagger';

/** One chosen person. */
export class ChosenRecipientDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @ApiProperty({ format: 'uuid' })
  subscriberId!: string;

  /** This person's own content; the call's, else the campaign's, without it. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  content?: Record<string, unknown>;

  /** Values for `{{variables}}` of the content. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    example: { name: 'Ada' },
  })
  variables?: Record<string, string | number>;
}

/** People chosen for a campaign; as NDJSON each line is one of `recipients`. */
export class ChooseRecipientsRequestDto {
  /** Content for all who bring none of their own; the campaign's without it. */
  @ApiProperty({ type: 'object', additionalProperties: true, example: { text: 'Hello {{name|there}}' } })
  content?: Record<string, unknown>;

  /** At most 10,000. */
  @ApiProperty({ type: [ChosenRecipientDto], minItems: 1, maxItems: 10_000 })
  recipients!: ChosenRecipientDto[];
}
