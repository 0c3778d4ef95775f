import { Omittable } from '../../input/omittable';
import { PageQueryDto } from '../../http/paging';
import { OneOf } from '../../input/available';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';
import { ORDER_EVENT_OUTCOMES } from './order-event.dto';

/** Which order events are listed, oldest first. */
export class ListOrderEventsQueryDto extends PageQueryDto {
  /** Events of this order. */
  @Omittable()
  @Line(1, 200)
  orderId?: string;

  /** Events with this outcome. */
  @Omittable()
  @OneOf(ORDER_EVENT_OUTCOMES)
  outcome?: (typeof ORDER_EVENT_OUTCOMES)[number];

  /** Events at this Page. */
  @Omittable()
  @Reference()
  pageId?: string;

  /** Events of this person. */
  @Omittable()
  @Reference()
  subscriberId?: string;
}
