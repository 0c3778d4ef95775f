import { Omittable } from '../../input/omittable';
import { CAMPAIGN_STATES } from '../../../domain/campaign/campaign-transitions';
import { PageQueryDto } from '../../http/paging';
import { StatesQuery } from '../../input/states';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';

/** Which campaigns are listed, oldest first. */
export class ListCampaignsQueryDto extends PageQueryDto {
  /** Campaigns of this Page. */
  @Omittable()
  @Reference()
  pageId?: string;

  /** Campaigns of the Page with this id of Meta's. */
  @Omittable()
  @Line(1, 64)
  metaPageId?: string;

  /** Campaigns in these states, separated by commas. */
  @Omittable()
  @StatesQuery(CAMPAIGN_STATES)
  state?: string[];
}
