import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import type { CampaignEntity } from '../persistence/entities';
import { audienceQuery } from './audience-query';
import type { AudienceDto } from './dto/audience.dto';

/**
 * Fixes who is in the audience of a campaign.
 *
 * @returns how many people that are
 */
export async function freezeAudience(
  manager: EntityManager,
  campaign: Pick<CampaignEntity, 'id' | 'workspaceId' | 'pageId'>,
  audience: AudienceDto,
): Promise<number> {
  const query = audienceQuery(manager, campaign, audience);
  const [people, parameters] = query.getQueryAndParameters() as [string, unknown[]];
  const [campaignAt, workspaceAt] = [parameters.length + 1, parameters.length + 2];
  const [frozen] = await rows<{ size: number }>(
    manager,
    `WITH frozen AS (
       INSERT INTO campaign_audience (campaign_id, subscriber_id, workspace_id)
       SELECT $${campaignAt}, people.id, $${workspaceAt} FROM (${people}) AS people
       ON CONFLICT DO NOTHING RETURNING 1
     ) SELECT count(*) AS size FROM frozen`,
    [...parameters, campaign.id, campaign.workspaceId],
  );
  return frozen?.size ?? 0;
}
