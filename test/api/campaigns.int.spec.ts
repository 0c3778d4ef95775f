import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CampaignBudgetEntity,
  CampaignEntity,
  CampaignMessageEntity,
  MessageSetEntity,
  OutboxEntity,
} from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { campaignBody, draft, startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, person, topic } from './people';

const NOBODY = '019ab0c4-7c00-7000-8000-0000000000ff';

describe('A campaign', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  it('is made as a draft, with its budget, and its content is not stored in clear', async () => {
    const body = campaignBody(pageId);
    const made = await api.post('/v1/campaigns', body);
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.headers['location']).toBe(`/v1/campaigns/${id}`);
    const money = { reservedMinor: 0, spentMinor: 0, remainingMinor: 10_000 };
    expect(made.body).toEqual({
      ...body,
      id,
      metaPageId: expect.any(String),
      state: 'draft',
      audienceMode: 'frozen',
      budget: { type: 'lifetime', amountMinor: 10_000, currency: 'EUR', ...money },
      unitCostMinor: 100,
      unitCostSource: 'bid',
      whenBudgetUsedUp: 'refuse',
      counts: expect.objectContaining({ audience: 0, queued: 0, sent: 0, refused: 0 }),
      workflowId: `campaign/${id}`,
      temporalUrl: `http://127.0.0.1:8233/namespaces/herald/workflows/campaign%2F${id}`,
      createdAt: expect.any(String),
    });
    expect(await api.owner.getRepository(CampaignBudgetEntity).findOneBy({ campaignId: id })).toMatchObject({
      budgetDay: 'lifetime',
      budgetMinor: 10_000,
    });
    const [message] = await api.owner.getRepository(CampaignMessageEntity).findBy({ campaignId: id });
    expect(message?.contentSealed.toString('latin1')).not.toContain('Hello');
    expect((await api.get(`/v1/campaigns/${id}`)).body).toEqual(made.body);
  });

  it('needs no bid: its price is a default until Meta says another', async () => {
    const { body } = await draft(api, pageId, { bidMinor: undefined });
    expect(body).toMatchObject({ unitCostMinor: 5, unitCostSource: 'default' });
    expect(body).not.toHaveProperty('bidMinor');
  });

  it.each([{ all: true }, { source: 'opt_in' }])('is for an audience: %j', async (audience) => {
    const made = await draft(api, pageId, { audience });
    expect(made.status).toBe(201);
    expect(made.body['audience']).toEqual(audience);
  });

  it('is for a topic, or for people named one by one', async () => {
    const topicId = await topic(api, pageId);
    const subscriberIds = [await person(api, pageId), await person(api, pageId)];
    for (const audience of [{ topicId }, { subscriberIds }]) {
      expect((await draft(api, pageId, { audience })).body['audience']).toEqual(audience);
    }
  });

  const now = new Date(0).toISOString();
  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a Page that is not there', { pageId: NOBODY }, 'pageId'],
    ['a kind of later', { kind: 'pool' }, 'kind'],
    ['a kind that is none', { kind: 'direkt' }, 'kind'],
    ['a content that Meta would refuse', { content: { text: 'x'.repeat(641) } }, 'content.text'],
    ['no budget', { budget: undefined }, 'budget'],
    ['a budget that is a list', { budget: [] }, 'budget'],
    ['a daily budget', { budget: { type: 'daily', amountMinor: 1, currency: 'EUR' } }, 'budget.type'],
    ['an amount of 0', { budget: { type: 'lifetime', amountMinor: 0, currency: 'EUR' } }, 'budget.amountMinor'],
    ['half a cent', { budget: { type: 'lifetime', amountMinor: 1.5, currency: 'EUR' } }, 'budget.amountMinor'],
    [
      'an amount of 2^53',
      { budget: { type: 'lifetime', amountMinor: 2 ** 53, currency: 'EUR' } },
      'budget.amountMinor',
    ],
    ['an amount as text', { budget: { type: 'lifetime', amountMinor: '100', currency: 'EUR' } }, 'budget.amountMinor'],
    ['another currency', { budget: { type: 'lifetime', amountMinor: 100, currency: 'USD' } }, 'budget.currency'],
    [
      'an overshoot',
      { budget: { type: 'lifetime', amountMinor: 1, currency: 'EUR', allowOvershoot: true } },
      'budget.allowOvershoot',
    ],
    ['no schedule', { schedule: undefined }, 'schedule'],
    ['no end', { schedule: { startAt: inHours(1).toISOString() } }, 'schedule.endAt'],
    ['no start', { schedule: { endAt: inHours(1).toISOString() } }, 'schedule.startAt'],
    ['an end that has passed', { schedule: { startAt: now, endAt: inHours(-1).toISOString() } }, 'schedule.endAt'],
    [
      'an end before its start',
      { schedule: { startAt: inHours(5).toISOString(), endAt: inHours(4).toISOString() } },
      'schedule.endAt',
    ],
    ['a day that is none', { schedule: { startAt: '2026-02-30T00:00:00Z', endAt: now } }, 'schedule.startAt'],
    ['a bid of 0', { bidMinor: 0 }, 'bidMinor'],
    ['a live audience', { audience: { all: true }, audienceMode: 'live' }, 'audienceMode'],
    ['an audience of no form', { audience: {} }, 'audience'],
    ['an audience of two forms', { audience: { all: true, source: 'ctm' } }, 'audience'],
    ['an audience that is a list', { audience: [] }, 'audience'],
    ['an audience of all but some', { audience: { all: false } }, 'audience.all'],
    ['an audience by tag', { audience: { tag: 'vip' } }, 'audience.tag'],
    ['an audience by and', { audience: { and: [{ all: true }] } }, 'audience.and'],
    ['an audience of strangers', { audience: { subscriberIds: [NOBODY] } }, 'audience.subscriberIds'],
    ['an audience of nobody', { audience: { subscriberIds: [] } }, 'audience.subscriberIds'],
    ['an audience of a strange topic', { audience: { topicId: NOBODY } }, 'audience.topicId'],
    ['an audience and no content', { audience: { all: true }, content: undefined }, 'content'],
    ['an audience and a variable of its own', { audience: { all: true }, content: { text: '{{code}}' } }, 'content'],
    ['a word that is none', { whenSlotTaken: 'wait' }, 'whenSlotTaken'],
    ['another word that is none', { whenBudgetUsedUp: null }, 'whenBudgetUsedUp'],
    ['a lane', { lane: 'window' }, 'lane'],
  ])('with %s is refused, naming the field, and nothing is made', async (_case, wrong, field) => {
    const before = await api.owner.getRepository(CampaignEntity).count();
    const refused = await draft(api, pageId, wrong);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 422, code: 'VALIDATION.FIELD' });
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect(await api.owner.getRepository(CampaignEntity).count()).toBe(before);
  });

  it('says of values of later versions that they are not available yet', async () => {
    const wrong = { kind: 'broadcast', audience: { contactListId: NOBODY } };
    const { errors } = (await draft(api, pageId, wrong)).body;
    expect(errors.map(({ field }) => field).sort()).toEqual(['audience.contactListId', 'kind']);
    for (const { reason } of errors) expect(reason).toContain('not available in this version');
  });

  it.each([
    ['an Instagram account', { platform: 'instagram' }],
    ['a Page without ad account', { adAccountId: null }],
  ])('is not possible for %s', async (_case, row) => {
    const refused = await draft(api, await connectedPage(api, row));
    expect(refused.body.errors.map((error) => error.field)).toEqual(['pageId']);
  });

  it('is listed by Page and state; the hidden ones of Pages are no campaigns', async () => {
    const other = await connectedPage(api);
    const first = (await draft(api, other)).body;
    const second = await startedCampaign(api, other, 'paused');
    const ids = async (filter: string): Promise<string[]> =>
      (await api.get(`/v1/campaigns?${filter}`)).body.data.map(({ id }) => id);
    expect(await ids(`pageId=${other}`)).toEqual([first.id, second]);
    expect(await ids(`metaPageId=${String(first['metaPageId'])}`)).toEqual([first.id, second]);
    expect(await ids(`pageId=${other}&state=active,paused`)).toEqual([second]);
    expect((await api.get('/v1/campaigns?state=running')).status).toBe(400);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['POST', '/start'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/stop'],
    ['POST', '/messages'],
    ['GET', '/recipients'],
    ['GET', '/insights'],
    ['GET', '/ledger'],
  ] as const)('of another workspace is not there: %s %s, whatever the body', async (method, path) => {
    const { id } = (await draft(api, pageId)).body;
    const key = await api.otherKey();
    const body = method === 'GET' ? undefined : '{broken';
    expect((await api.call(method, `/v1/campaigns/${id}${path}`, { key, body })).status).toBe(404);
    expect((await api.call(method, `/v1/campaigns/none${path}`, { body })).status).toBe(404);
  });

  describe('that is changed', () => {
    const change = async (id: string, body: unknown) => api.patch(`/v1/campaigns/${id}`, body);
    const wakes = (ownerId: string) => api.owner.getRepository(OutboxEntity).findBy({ ownerId, kind: 'wake' });

    it('takes another name in every state, also when it is over', async () => {
      const id = await startedCampaign(api, pageId, 'ended');
      const changed = await change(id, { name: 'Last year' });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({ name: 'Last year', state: 'ended' });
    });

    it('takes another content as a draft only', async () => {
      const { id } = (await draft(api, pageId)).body;
      expect((await change(id, { content: { text: 'New' } })).body['content']).toEqual({ text: 'New' });
      const refused = await change(await startedCampaign(api, pageId, 'active'), { content: { text: 'New' } });
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({ code: 'CAMPAIGN.STATE', state: 'active' });
    });

    it('says that Meta delivered beyond the budget, until a raise', async () => {
      const id = await startedCampaign(api, pageId, 'active');
      const beyond = { spentMinor: 10_100, overdrawn: true };
      await api.owner.getRepository(CampaignBudgetEntity).update({ campaignId: id }, beyond);
      const shown = await api.get(`/v1/campaigns/${id}`);
      expect(shown.body['budget']).toMatchObject({ overdrawn: true, remainingMinor: 0 });
      const raised = await change(id, { budget: { amountMinor: 20_000 } });
      expect(raised.body['budget']).not.toHaveProperty('overdrawn');
    });

    it('takes a budget down to what is reserved and spent, and its workflow hears of it', async () => {
      const id = await startedCampaign(api, pageId, 'active');
      const spent = { reservedMinor: 300, spentMinor: 700 };
      await api.owner.getRepository(CampaignBudgetEntity).update({ campaignId: id }, spent);
      const raised = await change(id, { budget: { amountMinor: 20_000 } });
      expect(raised.body['budget']).toEqual({
        type: 'lifetime',
        amountMinor: 20_000,
        currency: 'EUR',
        ...spent,
        remainingMinor: 19_000,
      });
      expect((await change(id, { budget: { amountMinor: 1_000 } })).status).toBe(200);
      const refused = await change(id, { budget: { amountMinor: 999 }, name: 'Not this' });
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({ code: 'CAMPAIGN.BUDGET_COMMITTED', facts: spent });
      expect((await api.get(`/v1/campaigns/${id}`)).body).toMatchObject({ name: 'Black Friday' });
      expect(await api.owner.getRepository(MessageSetEntity).findOneBy({ campaignId: id })).toMatchObject({
        budgetMinor: 1_000,
      });
      const row = await api.owner.getRepository(CampaignEntity).findOneByOrFail({ id });
      expect(row.metaOutdated).toBe(true);
      expect((await wakes(id)).map(({ body }) => body['signal'])).toEqual(['budgetChanged', 'budgetChanged']);
    });

    it.each(['schedule', 'endAt'] as const)('takes another end by %s', async (place) => {
      const id = await startedCampaign(api, pageId, 'scheduled');
      const endAt = inHours(200).toISOString();
      const changed = await change(id, place === 'schedule' ? { schedule: { endAt } } : { endAt });
      expect(changed.body['schedule']).toMatchObject({ endAt });
    });

    it.each<[string, Record<string, unknown>, string]>([
      ['an end that has passed', { schedule: { endAt: inHours(-1).toISOString() } }, 'schedule.endAt'],
      ['an end that has passed, by its short name', { endAt: inHours(-1).toISOString() }, 'endAt'],
      ['another start', { schedule: { startAt: inHours(9).toISOString() } }, 'schedule.startAt'],
      ['another currency', { budget: { amountMinor: 20_000, currency: 'USD' } }, 'budget.currency'],
      ['a budget of 0', { budget: { amountMinor: 0 } }, 'budget.amountMinor'],
      ['another Page', { pageId: NOBODY }, 'pageId'],
      ['a content that Meta would refuse', { content: {} }, 'content.text'],
      ['no name', { name: null }, 'name'],
    ])('does not take %s', async (_case, wrong, field) => {
      const { id } = (await draft(api, pageId)).body;
      const refused = await change(id, wrong);
      expect(refused.status).toBe(422);
      expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
      expect(await wakes(id)).toEqual([]);
    });

    it.each([{ budget: { amountMinor: 50_000 } }, { endAt: inHours(500).toISOString() }])(
      'takes no %j when it is over',
      async (body) => {
        const refused = await change(await startedCampaign(api, pageId, 'stopped'), body);
        expect(refused.status).toBe(409);
        expect(refused.body).toMatchObject({ code: 'CAMPAIGN.STATE', state: 'stopped' });
      },
    );
  });
});
