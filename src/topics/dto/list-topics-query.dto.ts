import { Omittable } from '../../input/omittable';
import { Reference } from '../../input/reference';
import { PageQueryDto } from '../../http/paging';

/** Which topics. */
export class ListTopicsQueryDto extends PageQueryDto {
  /** Only those of this Page (our id). */
  @Omittable()
  @Reference()
  pageId?: string;
}
