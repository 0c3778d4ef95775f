import { CampaignEntity, PageEntity, PageRateEntity } from '../../src/persistence/entities';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { ApiUnderTest } from './api-under-test';

let pages = 0;

/** A Page as connecting leaves it, without asking Meta. @returns our id */
export async function connectedPage(
  { owner, workspaceId }: ApiUnderTest,
  page: Partial<PageEntity> = {},
): Promise<string> {
  const id = uuidV7();
  const hiddenCampaignId = uuidV7();
  await owner.getRepository(PageEntity).insert({
    id,
    workspaceId,
    metaPageId: String(104_201_000_000_001 + pages++),
    platform: 'messenger',
    name: 'Aurora Clothing',
    tokenSealed: Buffer.from('sealed'),
    adAccountId: '204201000000001',
    timeZone: 'Europe/Rome',
    currency: 'EUR',
    country: 'IT',
    hiddenCampaignId,
    ...page,
  });
  const tenant = page.workspaceId ?? workspaceId;
  await owner.getRepository(PageRateEntity).insert({ pageId: id, workspaceId: tenant, ratePerSecond: 300 });
  await owner.getRepository(CampaignEntity).insert({
    id: hiddenCampaignId,
    workspaceId: tenant,
    pageId: id,
    name: 'single messages',
    kind: 'direct',
    hidden: true,
    state: 'active',
    startAt: new Date(),
    whenSlotTaken: 'hold',
    whenBudgetUsedUp: 'refuse',
  });
  return id;
}
