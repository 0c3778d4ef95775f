import { Omittable } from '../../input/omittable';
import { SEND_STATES } from '../../../domain/delivery/send-transitions';
import { PageQueryDto } from '../../http/paging';
import { StatesQuery } from '../../input/states';

/** Which recipients are listed, in the order they were chosen. */
export class ListRecipientsQueryDto extends PageQueryDto {
  /** Recipients in exactly these states, separated by commas. */
  @Omittable()
  @StatesQuery(SEND_STATES)
  state?: string[];
}
