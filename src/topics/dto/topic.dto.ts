import { ApiProperty } from '@nestjs/swagger';
import { listOf } from '../../http/paging';
import { ASPECT_RATIOS, CTA_TEXTS, TOPIC_KINDS } from '../vocabulary';

/** What a person opts in to. */
export class TopicDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11' */
  id!: string;

  /**
   * Our id of the Page.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10'
   */
  pageId!: string;

  /** @example 'New arrivals' */
  title!: string;

  /** @example 'https://shop.example/new-arrivals.png' */
  imageUrl!: string | null;

  @ApiProperty({ enum: ASPECT_RATIOS, nullable: true, example: 'HORIZONTAL' })
  imageAspectRatio!: string | null;

  /** @example 'One message a week when new clothes arrive.' */
  expectation!: string;

  @ApiProperty({ enum: TOPIC_KINDS, isArray: true, example: ['arrivals'] })
  kinds!: string[];

  @ApiProperty({ enum: CTA_TEXTS, nullable: true, example: 'GET_UPDATES' })
  ctaText!: string | null;

  /** @example 'arrivals-2026' */
  payload!: string | null;
}

/** A part of the topics. */
export class TopicListDto extends listOf(TopicDto) {}
