import type { CampaignState } from '../../domain/campaign/campaign-transitions';
import { CampaignEntity } from '../../src/persistence/entities';
import type { Answer, ApiUnderTest } from './api-under-test';
import { inHours } from './people';

/** A body that is right, for a Page in euros. */
export const campaignBody = (pageId: string): Record<string, unknown> => ({
  name: 'Black Friday',
  pageId,
  kind: 'direct',
  content: { text: 'Hello {{name|there}}' },
  budget: { type: 'lifetime', amountMinor: 10_000, currency: 'EUR' },
  schedule: { startAt: inHours(1).toISOString(), endAt: inHours(120).toISOString() },
  bidMinor: 100,
  whenSlotTaken: 'hold',
});

/** What a campaign of a Page in dollars has in place of euros. */
export const inDollars = { budget: { type: 'lifetime', amountMinor: 10_000, currency: 'USD' } };

/** Makes a draft by the API. */
export const draft = (api: ApiUnderTest, pageId: string, change: Record<string, unknown> = {}): Promise<Answer> =>
  api.post('/v1/campaigns', { ...campaignBody(pageId), ...change });

/** A campaign in a state that its workflow would have brought it to. @returns its id */
export async function startedCampaign(
  api: ApiUnderTest,
  pageId: string,
  state: CampaignState,
  change: Record<string, unknown> = {},
): Promise<string> {
  const schedule = { startAt: inHours(-2).toISOString(), endAt: inHours(120).toISOString() };
  const { id } = (await draft(api, pageId, { schedule, ...change })).body;
  const atMeta = { metaCreatedAt: inHours(-26), metaCampaignId: `12021${Date.now()}`, unitCostMinor: 100 };
  await api.owner.getRepository(CampaignEntity).update({ id }, { state, unitCostSource: 'bid', ...atMeta });
  return id;
}
