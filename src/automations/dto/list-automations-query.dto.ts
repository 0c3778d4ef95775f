import { Omittable } from '../../input/omittable';
import { PageQueryDto } from '../../http/paging';
import { Reference } from '../../input/reference';

/** Which automations are listed, oldest first. */
export class ListAutomationsQueryDto extends PageQueryDto {
  /** Automations that work for this Page. */
  @Omittable()
  @Reference()
  pageId?: string;
}
