import { Psid } from '../../input/person';
import { Reference } from '../../input/reference';
import { PersonFieldsDto } from './person-fields.dto';

/** A person at a Page. Somebody already known there by this PSID is answered with 200 and takes over the fields. */
export class CreateSubscriberRequestDto extends PersonFieldsDto {
  /**
   * Our id of the Page.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10'
   */
  @Reference()
  pageId!: string;

  /**
   * Meta's page-scoped id of the person.
   * @example '7351004321'
   */
  @Psid()
  psid!: string;
}
