import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../support/stack';
import { Stack } from '../support/stack';

/** Brief §5: the worked example of Meta's FAQ, with its figures. */
describe('The worked example of the FAQ, day by day', () => {
  let stack: Stack;
  let pageId: string;
  let campaignId: string;
  let people: string[];
  let used = 0;

  const choose = async (count: number): Promise<Json> => {
    const recipients = people.slice(used, used + count).map((subscriberId) => ({ subscriberId }));
    used += count;
    return stack.call('POST', `/v1/campaigns/${campaignId}/messages`, { recipients });
  };
  const settled = (counts: Json): Promise<Json> =>
    stack.until(`/v1/campaigns/${campaignId}`, (campaign) =>
      Object.entries(counts as Record<string, number>).every(([state, count]) => campaign.counts[state] === count),
    );

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 100 });
    const page = await stack.connectPage();
    pageId = page.id;
    await stack.control('POST', 'people', { pageId: page.meta.id, count: 500, source: 'OPT_IN' });
    await stack.control('POST', 'people', {
      pageId: page.meta.id,
      count: 200,
      source: 'SUBSCRIBER_LIST',
      list: 'first',
    });
    await stack.control('POST', 'people', {
      pageId: page.meta.id,
      count: 300,
      source: 'SUBSCRIBER_LIST',
      list: 'second',
    });
    await stack.sync(pageId);
    people = await stack.subscriberIds('&consent=granted');
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('imports 1,000 subscribers: 500 from the opt-in template, 200 and 300 from two lists', async () => {
    expect(people).toHaveLength(1_000);
    expect(await stack.subscriberIds('&source=contact_list')).toHaveLength(500);
  });

  it('starts a campaign of 100.00 for five days', async () => {
    const { now } = await stack.ok('GET', '/v1/sandbox/clock');
    const startAt = Date.parse(now as string);
    const campaign = await stack.ok('POST', '/v1/campaigns', {
      name: 'FAQ',
      pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: 10_000, currency: 'USD' },
      schedule: {
        startAt: new Date(startAt).toISOString(),
        endAt: new Date(startAt + 5 * 86_400_000).toISOString(),
      },
    });
    campaignId = campaign.id as string;
    await stack.ok('POST', `/v1/campaigns/${campaignId}/start`);
    await stack.until(`/v1/campaigns/${campaignId}`, (body) => body.state === 'populating');
  });

  it('day 1: 20 chosen, 20 sent, spent 20', async () => {
    await choose(20);
    await stack.advance('PT20H');
    const campaign = await settled({ delivered: 20 });
    expect(campaign.state).toBe('active');
    expect(campaign.budget).toMatchObject({ spentMinor: 2_000, reservedMinor: 0, remainingMinor: 8_000 });
  }, 120_000);

  it('day 2: nothing', async () => {
    await stack.advance('PT24H');
    expect((await stack.ok('GET', `/v1/campaigns/${campaignId}`)).budget.spentMinor).toBe(2_000);
  }, 120_000);

  it('day 3: 50 chosen, 50 sent, total 70', async () => {
    await choose(50);
    await stack.advance('PT24H');
    const campaign = await settled({ delivered: 70 });
    expect(campaign.budget.spentMinor).toBe(7_000);
  }, 120_000);

  it('day 4: 50 chosen, 30 sent, total 100, the other 20 refused for the budget', async () => {
    await choose(50);
    await stack.advance('PT24H');
    const campaign = await settled({ delivered: 100, refused: 20 });
    expect(campaign.budget).toMatchObject({ spentMinor: 10_000, remainingMinor: 0 });
    expect(campaign.reason).toBe('budget_exhausted');
    const refused = await stack.ok('GET', `/v1/campaigns/${campaignId}/recipients?state=refused`);
    expect(refused.data).toHaveLength(20);
    expect(refused.data[0]).toMatchObject({ ruleId: 'R-14', facts: { kind: 'lifetime' } });
  }, 120_000);

  it('day 5: nothing; day 6: 20 chosen, refused: the schedule has ended', async () => {
    await stack.advance('PT48H');
    const campaign = await stack.ok('GET', `/v1/campaigns/${campaignId}`);
    expect(campaign).toMatchObject({ state: 'ended', reason: 'schedule_ended' });
    const refusal = await choose(20);
    expect(refusal.status).toBe(409);
    expect(refusal.body).toMatchObject({ ruleId: 'R-16', state: 'ended' });
  }, 120_000);

  it('Meta took 100 messages, none of them twice for a person', async () => {
    const summary = await stack.control('GET', 'sends/summary');
    expect(summary).toMatchObject({ accepted: 100, people: 100, maxPerPerson: 1, spentMinor: 10_000 });
  });
});
