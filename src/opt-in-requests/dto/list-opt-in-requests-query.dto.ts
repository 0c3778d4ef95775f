import { Omittable } from '../../input/omittable';
import { PageQueryDto } from '../../http/paging';
import { OneOf } from '../../input/available';
import { Reference } from '../../input/reference';
import { OPT_IN_REQUEST_STATES } from './opt-in-request.dto';

/** Which opt-in requests are listed, oldest first. */
export class ListOptInRequestsQueryDto extends PageQueryDto {
  /** Requests of this Page. */
  @Omittable()
  @Reference()
  pageId?: string;

  /** Requests to this person. */
  @Omittable()
  @Reference()
  subscriberId?: string;

  /** Requests for this topic. */
  @Omittable()
  @Reference()
  topicId?: string;

  /** Requests in this state. */
  @Omittable()
  @OneOf(OPT_IN_REQUEST_STATES)
  state?: (typeof OPT_IN_REQUEST_STATES)[number];
}
