import { Omittable } from '../../input/omittable';
import { OneOf } from '../../input/available';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';

/** What starts an automation: an order that reaches a status. */
export class TriggerDto {
  @OneOf(['order_status'], ['reply', 'keyword', 'postback', 'ad_click', 'ref', 'opt_in'])
  kind!: 'order_status';

  /**
   * Compared upper-case.
   * @example 'CONFIRMED'
   */
  @Line(1, 64)
  status!: string;

  /**
   * Only orders of this source; of every source without it.
   * @example 'shop'
   */
  @Omittable()
  @Line(1, 64)
  source?: string;

  /** The topic that the automation is about. */
  @Omittable()
  @Reference()
  topicId?: string;
}
