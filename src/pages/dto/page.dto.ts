import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { PLATFORMS } from '../vocabulary';

/** A connected Page; its tokens are never shown. */
export class PageDto {
  /**
   * Ours; Meta's is `metaPageId`.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10'
   */
  id!: string;

  /** @example '104201000000001' */
  metaPageId!: string;

  @ApiProperty({ enum: PLATFORMS, example: 'messenger' })
  platform!: string;

  /** @example 'Aurora Clothing' */
  name!: string;

  /**
   * Without `act_`.
   * @example '204201000000001'
   */
  adAccountId!: string | null;

  /** Whether campaigns can be created: there is a system user token. */
  hasSystemUserToken!: boolean;

  /** @example 'Europe/Rome' */
  timeZone!: string;

  /** @example 'EUR' */
  currency!: string;

  /** @example 'IT' */
  country!: string;

  /** Meta's restriction, while it lasts. */
  @ApiProperty({ enum: ['page_blocked', 'app_blocked', 'account_blocked'], nullable: true, example: null })
  restriction!: string | null;

  oneMessagePerLocalDay!: boolean;

  /** @example ['BASTA'] */
  optOutWords!: string[];

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Ceiling; null = default.' })
  sendsPerSecond!: number | null;
}

/** A part of the Pages. */
export class PageListDto extends listOf(PageDto) {}
