import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { Problem } from '../errors/problem';
import { CampaignEntity, MessageSetEntity } from '../persistence/entities';

/** @throws Problem 404 when the workspace has no such campaign */
export async function findCampaign(manager: EntityManager, id: string): Promise<CampaignEntity> {
  const campaign = await manager.findOneBy(CampaignEntity, { id, hidden: false });
  if (campaign === null) throw new Problem('NOT_FOUND');
  return campaign;
}

/** As `findCampaign`, its row locked: the state stands until the transaction ends. */
export async function lockCampaign(manager: EntityManager, id: string): Promise<CampaignEntity> {
  const campaign = await manager.findOne(CampaignEntity, {
    where: { id, hidden: false },
    lock: { mode: 'for_no_key_update' },
  });
  if (campaign === null) throw new Problem('NOT_FOUND');
  return campaign;
}

/** The set of a campaign; each has one. */
export const setOf = (manager: EntityManager, campaignId: string): Promise<MessageSetEntity> =>
  manager.findOneByOrFail(MessageSetEntity, { campaignId });

/** The sets of several campaigns, by campaign. */
export async function setsOf(
  manager: EntityManager,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, MessageSetEntity>> {
  const sets = await manager.findBy(MessageSetEntity, { campaignId: In([...campaignIds]) });
  return new Map(sets.map((set) => [set.campaignId, set]));
}
