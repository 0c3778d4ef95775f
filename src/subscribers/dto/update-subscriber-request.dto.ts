import { ApiHideProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { check } from '../../input/check';
import { Reference } from '../../input/reference';
import { PersonFieldsDto } from './person-fields.dto';

/** What changes; fields that are left out stay as they are. */
export class UpdateSubscriberRequestDto extends PersonFieldsDto {
  /** The Page the person is at; may be repeated, never changed. */
  @Omittable()
  @Reference()
  pageId?: string;

  @ApiHideProperty()
  @check('unchangeable', (value) => (value === undefined ? null : 'cannot be changed: it is who the person is'))
  psid?: unknown;
}
