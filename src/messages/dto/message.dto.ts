import { ApiProperty } from '@nestjs/swagger';
import { RecipientDto } from './recipient.dto';

/** One message to one person, with the lane it takes. */
export class MessageDto extends RecipientDto {
  @ApiProperty({ enum: ['window', 'paid'], example: 'window' })
  lane!: string;

  /**
   * The campaign that pays; absent for a single message.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d15'
   */
  @ApiProperty({ format: 'uuid' })
  campaignId?: string;
}
