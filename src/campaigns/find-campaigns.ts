import type { EntityManager } from 'typeorm';
import { decodeIdCursor } from '../http/paging';
import { CampaignEntity, PageEntity } from '../persistence/entities';
import type { ListCampaignsQueryDto } from './dto/list-campaigns-query.dto';

/** Campaigns, oldest first, one more than the limit when there are more; the Pages' hidden ones are no campaigns. */
export function findCampaigns(
  manager: EntityManager,
  workspaceId: string,
  { pageId, metaPageId, state, cursor, limit }: ListCampaignsQueryDto,
): Promise<CampaignEntity[]> {
  const after = decodeIdCursor(cursor);
  const campaigns = manager
    .createQueryBuilder(CampaignEntity, 'campaign')
    .where('campaign.workspaceId = :workspaceId AND NOT campaign.hidden', { workspaceId })
    .orderBy('campaign.id', 'ASC')
    .limit(limit + 1);
  if (after !== undefined) campaigns.andWhere('campaign.id > :after', { after });
  if (pageId !== undefined) campaigns.andWhere('campaign.pageId = :pageId', { pageId });
  if (state !== undefined) campaigns.andWhere('campaign.state = ANY(:state)', { state });
  if (metaPageId !== undefined) {
    campaigns.innerJoin(PageEntity, 'page', 'page.id = campaign.pageId AND page.metaPageId = :metaPageId', {
      metaPageId,
    });
  }
  return campaigns.getMany();
}
