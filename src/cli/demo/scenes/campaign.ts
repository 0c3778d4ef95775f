import { moneyInWords } from '../../../../domain/campaign/price';
import type { Shop, ShownCampaign, ShownMessage } from '../shop';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNIT_PRICE_MINOR = 5;
const PAID_FOR = 200;
const CHOSEN_AGAIN = 10;

/** Who is asked about at the end. */
export interface CampaignCast {
  readonly campaign: ShownCampaign;
  readonly sent: string;
  readonly held: string;
  readonly refused: string;
}

/** Makes a campaign of the shop and starts it. */
export async function startCampaign(
  shop: Shop,
  draft: { name: string; text: string; budgetMinor: number; audience?: unknown },
): Promise<ShownCampaign> {
  const nowMs = await shop.nowMs();
  const campaign = await shop.api.post<ShownCampaign>('/v1/campaigns', {
    name: draft.name,
    pageId: shop.pageId,
    kind: 'direct',
    content: { text: draft.text },
    ...(draft.audience !== undefined && { audience: draft.audience }),
    budget: { type: 'lifetime', amountMinor: draft.budgetMinor, currency: 'USD' },
    schedule: { startAt: new Date(nowMs).toISOString(), endAt: new Date(nowMs + 5 * DAY_MS).toISOString() },
    whenSlotTaken: 'hold',
    whenBudgetUsedUp: 'refuse',
  });
  await shop.api.post(`/v1/campaigns/${campaign.id}/start`);
  return shop.until(
    'the campaign at Meta',
    () => shop.campaign(campaign.id),
    ({ state }) => state === 'populating',
  );
}

/** (2) A lifetime budget that is used up in the middle: so many sent, held and refused, each with its rule. */
export async function runCampaign(shop: Shop, guestId: string): Promise<CampaignCast> {
  shop.scene('2. A campaign runs inside its budget.');
  await shop.meta.call('PATCH', 'settings', { unitPriceMinor: UNIT_PRICE_MINOR });
  const people = await idsOf(shop);
  const budgetMinor = UNIT_PRICE_MINOR * PAID_FOR;
  const started = await startCampaign(shop, { name: 'Spring arrivals', text: 'The blue jacket is back.', budgetMinor });
  const chosen = [guestId, ...people.filter((id) => id !== guestId)];
  await choose(shop, started.id, chosen);
  shop.tell(
    `${chosen.length} people chosen; the budget of ${moneyInWords(budgetMinor, 'USD')} pays for ${PAID_FOR}. Meta populates it for an hour (R-13).`,
  );
  await shop.moveClock('PT2H');
  // Not the guest: with money that comes back after a death it would take the slot of the order's message.
  await choose(shop, started.id, chosen.slice(1, 1 + CHOSEN_AGAIN), 'And the red one too.');
  const campaign = await progress(shop, started.id, (counts) => decided(counts) >= chosen.length + CHOSEN_AGAIN);
  await tellCounts(shop, campaign);
  const journal = await shop.journal(campaign);
  const { budget } = campaign;
  const returnedMinor = (campaign.counts['failed'] ?? 0) * UNIT_PRICE_MINOR;
  shop.promises.check(
    'the budget is spent and never exceeded',
    budget.spentMinor + budget.reservedMinor === budgetMinor - returnedMinor && journal.spentMinor <= budgetMinor,
  );
  shop.promises.check(
    'Meta took one message a person',
    journal.accepted <= PAID_FOR && journal.accepted + lost(campaign.counts) >= PAID_FOR && journal.maxPerPerson === 1,
  );
  return { campaign, ...(await castOf(shop, campaign.id)) };
}

async function idsOf(shop: Shop): Promise<string[]> {
  const ids: string[] = [];
  const people = shop.api.list<{ id: string }>('/v1/subscribers', { pageId: shop.pageId, consent: 'granted' });
  for await (const { id } of people) ids.push(id);
  return ids;
}

async function choose(shop: Shop, campaignId: string, ids: readonly string[], text?: string): Promise<void> {
  await shop.api.post(`/v1/campaigns/${campaignId}/messages`, {
    ...(text !== undefined && { content: { text } }),
    recipients: ids.map((subscriberId) => ({ subscriberId })),
  });
}

/** Shows how far a campaign is until it is there. */
export async function progress(
  shop: Shop,
  campaignId: string,
  isThere: (counts: ShownCampaign['counts']) => boolean,
): Promise<ShownCampaign> {
  return shop.terminal.step('sending', () =>
    shop.until(
      'the campaign',
      () => shop.campaign(campaignId),
      ({ counts }) => isThere(counts),
    ),
  );
}

/** Messages that a death may have kept from Meta: their outcome is unknown, counted as sent, or found to be none. */
export function lost(counts: ShownCampaign['counts']): number {
  return sum(counts, ['unknown', 'assumed_sent', 'failed']);
}

/** Messages about which the campaign has decided, and of which none is under way. */
export function decided(counts: ShownCampaign['counts']): number {
  return sum(counts, ['sent', 'held', 'refused']) + lost(counts);
}

function sum(counts: ShownCampaign['counts'], states: readonly string[]): number {
  return states.reduce((total, state) => total + (counts[state] ?? 0), 0);
}

async function tellCounts(shop: Shop, { id, counts }: ShownCampaign): Promise<void> {
  shop.tell(`${counts['sent'] ?? 0} sent, ${counts['held'] ?? 0} held, ${counts['refused'] ?? 0} refused.`);
  for (const state of ['held', 'refused']) {
    const { data } = await recipients(shop, id, state);
    const [first] = data;
    if (first?.ruleId !== undefined) shop.tell(`${state} by ${first.ruleId}: ${await sentenceOf(shop, first.ruleId)}`);
  }
}

const recipients = (shop: Shop, campaignId: string, state: string): Promise<{ data: ShownMessage[] }> =>
  shop.api.get(`/v1/campaigns/${campaignId}/recipients`, { state });

async function sentenceOf(shop: Shop, ruleId: string): Promise<string> {
  return (await shop.api.get<{ sentence: string }>(`/v1/rules/${ruleId}`)).sentence;
}

/** Three people of the campaign; the one who was sent to is not also held for a second message. */
async function castOf(shop: Shop, campaignId: string): Promise<Omit<CampaignCast, 'campaign'>> {
  const of = async (state: string): Promise<string[]> =>
    (await recipients(shop, campaignId, state)).data.map(({ subscriberId }) => subscriberId);
  const [sent, held, refused] = [await of('delivered,read,clicked,accepted'), await of('held'), await of('refused')];
  return { sent: sent.find((id) => !held.includes(id)) ?? '', held: held[0] ?? '', refused: refused[0] ?? '' };
}
