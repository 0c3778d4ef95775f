import { Matches } from 'class-validator';
import { PageQueryDto } from '../../http/paging';
import { Omittable } from '../../input/omittable';

/** Which Pages. */
export class ListPagesQueryDto extends PageQueryDto {
  /** Only the one with this id at Meta. */
  @Omittable()
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of an id at Meta' })
  metaPageId?: string;
}
