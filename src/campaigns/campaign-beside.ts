import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { CampaignFigures } from '../ledger/campaign-figures';
import { campaignFigures } from '../ledger/campaign-figures';
import { readNowMs } from '../persistence/clock';
import type { CampaignEntity, MessageSetEntity } from '../persistence/entities';
import { PageEntity, PageRateEntity } from '../persistence/entities';
import { setsOf } from './campaign-rows';

/** What stands beside the row of a campaign. */
export interface CampaignBeside {
  readonly set: MessageSetEntity;
  readonly figures: CampaignFigures;
  readonly metaPageId: string;
  /** Messages a second that the Page may send now; 0 while nobody knows. */
  readonly ratePerSecond: number;
  readonly nowMs: number;
}

/** Reads what stands beside several campaigns, in the order of their rows, by a handful of statements in all. */
export async function besideCampaigns(
  manager: EntityManager,
  campaigns: readonly CampaignEntity[],
): Promise<CampaignBeside[]> {
  const ids = campaigns.map(({ id }) => id);
  const pageIds = [...new Set(campaigns.map(({ pageId }) => pageId))];
  const sets = await setsOf(manager, ids);
  const figures = await campaignFigures(manager, ids);
  const pages = new Map((await manager.findBy(PageEntity, { id: In(pageIds) })).map((page) => [page.id, page]));
  const rates = await manager.findBy(PageRateEntity, { pageId: In(pageIds) });
  const rateOf = new Map(rates.map(({ pageId, ratePerSecond }) => [pageId, ratePerSecond]));
  const nowMs = await readNowMs(manager);
  return campaigns.map(({ id, pageId }) => {
    const [set, own] = [sets.get(id), figures.get(id)];
    if (set === undefined || own === undefined) throw new Error(`Campaign ${id} has no set.`);
    const metaPageId = pages.get(pageId)?.metaPageId ?? '';
    return { set, figures: own, metaPageId, ratePerSecond: rateOf.get(pageId) ?? 0, nowMs };
  });
}
