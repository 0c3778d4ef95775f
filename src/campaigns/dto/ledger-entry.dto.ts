import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';

/** One movement of a campaign's money. Spent = Σ charge + Σ adjust; reserved = Σ reserve − Σ charge − Σ release. */
export class LedgerEntryDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d18' */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** A `charge` or a `release` ends the reservation of the same `sendId`. */
  @ApiProperty({ enum: ['reserve', 'charge', 'release', 'adjust'], example: 'reserve' })
  kind!: string;

  /** Minor units of the campaign's currency. */
  @ApiProperty({ type: 'integer', example: 10 })
  amountMinor!: number;

  /** The recipient whose money it is. */
  @ApiProperty({ format: 'uuid' })
  sendId?: string;

  /** @example '2026-11-22T09:00:00.000Z' */
  @ApiProperty({ format: 'date-time' })
  at!: string;
}

/** A part of a list. */
export class LedgerDto extends listOf(LedgerEntryDto) {}
