import { Omittable } from '../../input/omittable';
import { PageQueryDto } from '../../http/paging';
import { OneOf } from '../../input/available';
import { Email, Phone, Psid } from '../../input/person';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';
import { CONSENTS, SOURCES } from '../vocabulary';

/** Which people are listed, oldest first; several filters together narrow the list. */
export class ListSubscribersQueryDto extends PageQueryDto {
  /** Our id of the Page. */
  @Omittable()
  @Reference()
  pageId?: string;

  /** Meta's id of the Page. */
  @Omittable()
  @Line(1, 64)
  metaPageId?: string;

  /** Page-scoped id, exact. */
  @Omittable()
  @Psid()
  psid?: string;

  /** Your own id of the person, exact. */
  @Omittable()
  @Line(1, 200)
  externalId?: string;

  /** E-mail address, exact but for case. */
  @Omittable()
  @Email()
  email?: string;

  /** Phone number with country code, exact. */
  @Omittable()
  @Phone()
  phone?: string;

  /** People with this tag. */
  @Omittable()
  @Line(1, 64)
  tag?: string;

  /** People with this consent. */
  @Omittable()
  @OneOf(CONSENTS)
  consent?: (typeof CONSENTS)[number];

  /** People opted in to this topic now. */
  @Omittable()
  @Reference()
  topicId?: string;

  /** How the person became known. */
  @Omittable()
  @OneOf(SOURCES)
  source?: (typeof SOURCES)[number];
}
