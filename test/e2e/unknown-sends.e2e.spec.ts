import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../support/stack';
import { Stack } from '../support/stack';

describe('Messages whose answers were lost', () => {
  let stack: Stack;
  let campaignId: string;
  let people: string[];

  const choose = (subscriberIds: readonly string[]): Promise<Json> =>
    stack.ok('POST', `/v1/campaigns/${campaignId}/messages`, {
      recipients: subscriberIds.map((subscriberId) => ({ subscriberId })),
    });
  const whenCounted = (counts: Record<string, number>): Promise<Json> =>
    stack.until(`/v1/campaigns/${campaignId}`, (campaign) =>
      Object.entries(counts).every(([state, count]) => campaign.counts[state] === count),
    );

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 100, webhooks: false });
    const page = await stack.connectPage();
    await stack.control('POST', 'people', { pageId: page.meta.id, count: 5, source: 'OPT_IN' });
    await stack.sync(page.id);
    people = await stack.subscriberIds();
    const { now } = await stack.ok('GET', '/v1/sandbox/clock');
    const startAt = Date.parse(now as string);
    const campaign = await stack.ok('POST', '/v1/campaigns', {
      name: 'Arrivals',
      pageId: page.id,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: 10_000, currency: 'USD' },
      bidMinor: 100,
      schedule: {
        startAt: new Date(startAt).toISOString(),
        endAt: new Date(startAt + 5 * 86_400_000).toISOString(),
      },
    });
    campaignId = campaign.id as string;
    await stack.ok('POST', `/v1/campaigns/${campaignId}/start`);
    await choose(people.slice(0, 1));
    await stack.advance('PT20H');
    await whenCounted({ accepted: 1 });
    const match = { path: 'act_*/messages' };
    await stack.control('POST', 'faults', { match, fault: '500', times: 2 });
    await stack.control('POST', 'faults', { match, fault: 'drop_after_accept', times: 2 });
    await choose(people.slice(1));
    await whenCounted({ unknown: 4 });
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('stay unknown with their money reserved, and no webhook tells of them', async () => {
    await stack.advance('PT14M');
    const campaign = await whenCounted({ unknown: 4 });
    expect(campaign.budget).toMatchObject({ reservedMinor: 500, spentMinor: 0 });
  }, 60_000);

  it("are told apart by Meta's next eligible time a quarter of an hour after their deadline", async () => {
    await stack.advance('PT2M');
    const campaign = await whenCounted({ unknown: 0, accepted: 3, failed: 2 });
    expect(campaign.budget).toMatchObject({ reservedMinor: 300, spentMinor: 0 });
  }, 60_000);

  it('count as accepted exactly where Meta has taken them', async () => {
    const accepted = await stack.ok('GET', `/v1/campaigns/${campaignId}/recipients?state=accepted`);
    expect(accepted.data).toHaveLength(3);
    expect(await stack.control('GET', 'sends/summary')).toMatchObject({ accepted: 3, people: 3, maxPerPerson: 1 });
    const failed = await stack.ok('GET', `/v1/campaigns/${campaignId}/recipients?state=failed`);
    expect(failed.data.map((recipient: Json) => recipient.reason)).toEqual(['not_accepted', 'not_accepted']);
  });

  it('took one read each', async () => {
    const reads = await stack.control('GET', 'requests?path=notification_messages_&limit=200');
    expect(reads.data.filter(({ path }: Json) => /notification_messages_\d/.test(path as string))).toHaveLength(4);
  });
});
