import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { NotAvailable, OneOf } from '../../input/available';
import { check } from '../../input/check';
import { Reference, References } from '../../input/reference';
import { SOURCES } from '../../subscribers/vocabulary';

/** Most people that an audience names one by one. */
const MAX_NAMED = 10_000;

/** Whom a campaign is for; exactly one of the fields. */
export class AudienceDto {
  /** Everyone known at the Page. */
  @Omittable()
  @check('all', (value) => (value === true ? null : 'must be true'))
  @ApiProperty({ enum: [true], example: true })
  all?: true;

  /** Everyone opted in to this topic. */
  @Omittable()
  @Reference()
  topicId?: string;

  /** Everyone who became known in this way. */
  @Omittable()
  @OneOf(SOURCES)
  source?: (typeof SOURCES)[number];

  /** These people of the Page. */
  @Omittable()
  @References(MAX_NAMED)
  subscriberIds?: string[];

  @ApiHideProperty()
  @NotAvailable()
  tag?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  contactListId?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  notReachedBy?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  and?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  or?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  not?: unknown;
}
