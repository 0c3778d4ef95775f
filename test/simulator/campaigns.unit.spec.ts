import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeConnections, type Answer } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox, type TestPage } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

function create(body: Record<string, unknown>, page: TestPage = sandbox.page): Promise<Answer> {
  const order = { name: 'Payday', page_id: page.id, lifetime_budget: 1_000, ...body };
  return sandbox.graph('POST', `/act_${page.adAccountId}/message_campaign`, page.systemUserToken, order);
}

function read(id: string, fields: string): Promise<Json> {
  return sandbox.graph('GET', `/${id}?fields=${fields}`, sandbox.page.systemUserToken).then(({ json }) => json);
}

describe('Creating a campaign', () => {
  const inDays = (days: number): string =>
    new Date(Date.parse('2026-11-25T01:00:00.000Z') + days * 86_400_000).toISOString();

  it.each<[code: number, what: string, body: Record<string, unknown>]>([
    [100, 'without a name', { name: undefined }],
    [2300065, 'without a Page', { page_id: undefined }],
    [2300039, 'for another Page', { page_id: '1000000000000000' }],
    [100, 'with both budgets', { daily_budget: 100 }],
    [100, 'with a budget of nothing', { lifetime_budget: 0 }],
    [100, 'with a budget that is no number', { lifetime_budget: 'much' }],
    [100, 'with a start in the past', { start_time: inDays(-1) }],
    [100, 'with a start more than 30 days ahead', { start_time: inDays(31) }],
    [100, 'with an end before the start', { start_time: inDays(2), end_time: inDays(1) }],
    [100, 'with a start that is no date', { start_time: 'soon' }],
  ])('is refused with %i %s', async (code, _what, body) => {
    expect((await create(body)).json.error?.code).toBe(code);
  });

  it('is refused for a business outside the countries of marketing messages, and for terms', async () => {
    const abroad = await sandbox.createPage({ country: 'DE' });
    expect((await create({}, abroad)).json.error?.code).toBe(2300030);
    const unsigned = await sandbox.createPage();
    await sandbox.control('PATCH', `/pages/${unsigned.id}`, { refusals: [2300066] });
    expect((await create({}, unsigned)).json.error?.code).toBe(2300066);
  });

  it('too often in a minute is refused', async () => {
    const page = await sandbox.createPage();
    await sandbox.control('PATCH', '/settings', { pageId: page.id, campaignsPerMinute: 0 });
    expect((await create({}, page)).json.error?.code).toBe(2300079);
  });

  it('without a budget says which daily cap applies', async () => {
    const { json } = await create({ lifetime_budget: undefined });
    expect(json.info).toContain('5000');
    expect((await read(json.id, 'adset{daily_budget}')).adset.daily_budget).toBe('5000');
  });
});

describe('A campaign', () => {
  it('shows its message, set and campaign with budgets as text', async () => {
    const { json } = await create({
      start_time: '2026-11-26T08:00:00+0700',
      end_time: '2026-11-27T08:00:00+0700',
      pixel_id: '77',
    });
    const fields =
      'id,status,effective_status,campaign{name},creative{actor_id},' +
      'adset{name,lifetime_budget,daily_budget,start_time,end_time,promoted_object{pixel_id}}';
    expect(await read(json.id, fields)).toEqual({
      id: json.id,
      status: 'ACTIVE',
      effective_status: 'IN_PROCESS',
      campaign: { id: expect.any(String), name: 'Payday' },
      creative: { id: expect.any(String), actor_id: sandbox.page.id },
      adset: {
        id: expect.any(String),
        name: 'Payday',
        lifetime_budget: '1000',
        daily_budget: '0',
        start_time: '2026-11-26T01:00:00+0000',
        end_time: '2026-11-27T01:00:00+0000',
        promoted_object: { pixel_id: '77' },
      },
    });
  });

  it('runs for thirty days when no end is given, without end on a daily budget', async () => {
    const lifetime = (await create({})).json.id;
    expect((await read(lifetime, 'adset{end_time}')).adset.end_time).toBe('2026-12-25T01:00:00+0000');
    const daily = (await create({ lifetime_budget: undefined, daily_budget: 100 })).json.id;
    expect((await read(daily, 'adset{end_time}')).adset).not.toHaveProperty('end_time');
  });

  it('is in process until it is ready, then active; paused and deleted when told', async () => {
    const { json } = await create({});
    const status = async (): Promise<unknown> => (await read(json.id, 'effective_status')).effective_status;
    const token = sandbox.page.systemUserToken;
    await sandbox.control('POST', `/campaigns/${json.id}/ready`);
    expect(await status()).toBe('ACTIVE');
    expect((await sandbox.graph('POST', `/${json.id}`, token, { status: 'PAUSED' })).json).toEqual({ success: true });
    expect(await status()).toBe('PAUSED');
    await sandbox.graph('POST', `/${json.id}`, token, { status: 'ACTIVE' });
    expect(await status()).toBe('ACTIVE');
    expect((await sandbox.graph('DELETE', `/${json.id}`, token)).json).toEqual({ success: true });
    expect(await status()).toBe('DELETED');
  });

  it('changes all of it or nothing', async () => {
    const { json } = await create({});
    const token = sandbox.page.systemUserToken;
    const change = await sandbox.graph('POST', `/${json.id}`, token, {
      lifetime_budget: 2_000,
      end_time: '2020-01-01',
    });
    expect(change.json.error?.code).toBe(100);
    expect((await read(json.id, 'adset{lifetime_budget}')).adset.lifetime_budget).toBe('1000');
  });

  it('takes 139 minutes in the slow profile', async () => {
    const slow = await Sandbox.start({ profile: 'slow-campaign' });
    const person = await slow.createPerson();
    const campaign = await slow.createCampaign({}, { ready: false });
    await slow.advance('PT2H18M59.999S');
    expect((await slow.send(campaign, person.token)).json.error?.code).toBe(2300041);
    await slow.advance('PT0.001S');
    expect((await slow.send(campaign, person.token)).json.success).toBe(true);
    await slow.close();
  });
});

describe('The list of an account', () => {
  it('finds a campaign by part of its name, newest first, deleted ones left out', async () => {
    const page = await sandbox.createPage();
    const names = ['Payday [a1]', 'Payday [a2]', 'Summer'];
    const ids: string[] = [];
    for (const name of names) ids.push((await create({ name }, page)).json.id);
    const list = async (query: string): Promise<Json> =>
      (await sandbox.graph('GET', `/act_${page.adAccountId}/ads?${query}`, page.systemUserToken)).json;
    const filter = encodeURIComponent(JSON.stringify([{ field: 'campaign.name', operator: 'CONTAIN', value: '[a' }]));
    const { data } = await list(`fields=id,campaign{name}&filtering=${filter}`);
    expect(data.map((row) => row.campaign.name)).toEqual(['Payday [a2]', 'Payday [a1]']);
    await sandbox.graph('DELETE', `/${ids[1] ?? ''}`, page.systemUserToken);
    expect((await list(`filtering=${filter}`)).data).toEqual([{ id: ids[0] }]);
    const first = await list('limit=1');
    expect(first.data).toEqual([{ id: ids[2] }]);
    expect(first.paging?.next).toContain('after=');
    expect((await list('filtering=[{"field":"colour"}]')).error?.code).toBe(100);
  });
});

describe('What a campaign costs', () => {
  it('is estimated at the price that is set, at both ends', async () => {
    const page = await sandbox.createPage();
    await sandbox.createPeople({ pageId: page.id, count: 40 });
    await sandbox.control('PATCH', '/settings', { pageId: page.id, unitPriceMinor: 12 });
    const query = `lifetime_budget=120&promoted_object={"page_id":"${page.id}"}`;
    const { json } = await sandbox.graph(
      'GET',
      `/act_${page.adAccountId}/message_delivery_estimate?${query}`,
      page.systemUserToken,
    );
    expect(json.data).toEqual([
      {
        estimate_delivery_lower_bound: 9,
        estimate_delivery_upper_bound: 10,
        estimate_cost_lower_bound: 12,
        estimate_cost_upper_bound: 12,
      },
    ]);
  });

  it('is shown in its insights as text, in major units, without metrics that have no data', async () => {
    await sandbox.settings({ readRate: 0, clickRate: 0 });
    const campaign = await sandbox.createCampaign();
    const fields = 'marketing_messages_delivered,marketing_messages_spend,marketing_messages_read_rate';
    const insights = (): Promise<Json> => read(`${campaign}/insights`, fields);
    expect((await insights()).data).toEqual([]);
    for (const { token } of await sandbox.createPeople({ count: 3 })) await sandbox.send(campaign, token);
    await sandbox.advance('PT1M');
    expect((await insights()).data).toEqual([
      {
        marketing_messages_delivered: '3',
        marketing_messages_spend: '0.15',
        date_start: '2026-11-25',
        date_stop: expect.any(String),
      },
    ]);
  });
});
