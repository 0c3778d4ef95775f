import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WEBHOOK_FIELDS } from '../../src/graph-api/calls/page';
import type { NotificationToken } from '../../src/graph-api/calls/notification-tokens';
import { GraphClient } from '../../src/graph-api/graph-client';
import { AgreementWorld, codeOf, valueOf } from './agreement-world';
import type { SimulatedPage } from './agreement-world';

const message = { text: 'Hi {{first_name}}' };

let world: AgreementWorld;
let client: GraphClient;
let page: SimulatedPage;

beforeAll(async () => {
  world = await AgreementWorld.open();
  client = world.client;
  page = await world.page();
});

afterAll(async () => {
  await world.close();
});

async function allTokens(of: SimulatedPage, limit?: number): Promise<NotificationToken[]> {
  const tokens: NotificationToken[] = [];
  for await (const result of client.listNotificationTokens({ ...of, limit })) tokens.push(...valueOf(result).tokens);
  return tokens;
}

describe('Client and simulator agree on Pages', () => {
  it('reads Page and ad account', async () => {
    expect(valueOf(await client.readPage(page))).toEqual({ metaPageId: page.metaPageId, name: 'Shop', country: 'TH' });
    expect(valueOf(await client.readAdAccount(page))).toEqual({
      adAccountId: page.adAccountId,
      name: 'Shop',
      currency: 'THB',
      timeZone: 'Asia/Bangkok',
      country: 'TH',
    });
  });

  it('subscribes the app and reads it back', async () => {
    expect(valueOf(await client.subscribeApp(page))).toBe(true);
    expect(valueOf(await client.readSubscribedApps(page))).toEqual([
      { appId: world.app.id, fields: [...WEBHOOK_FIELDS] },
    ]);
  });

  it('refuses a bad token and a missing proof', async () => {
    expect(codeOf(await client.readPage({ ...page, pageToken: 'nonsense' }))).toBe('190/467');
    await world.control('PATCH', 'settings', { requireAppSecretProof: true });
    const unproven = new GraphClient({ url: world.simulator.url, version: 'v25.0' });
    expect(codeOf(await unproven.readPage(page))).toBe('100');
    expect((await client.readPage(page)).kind).toBe('ok');
    await unproven.close();
    await world.control('PATCH', 'settings', { requireAppSecretProof: false });
  });

  it('brings the usage of the limits with every answer', async () => {
    const result = await client.readAdAccount(page);
    expect(result.kind === 'ok' && result.usage.percent).toBeGreaterThan(0);
  });
});

describe('Client and simulator agree on campaigns', () => {
  const budget = { type: 'lifetime', amountMinor: 50_000 } as const;

  it('creates, finds, reads, changes and deletes one', async () => {
    const startAtMs = Date.parse('2026-11-02T09:00:00Z');
    const endAtMs = Date.parse('2026-11-20T09:00:00Z');
    const order = { ...page, name: 'Payday [mark-1]', budget, startAtMs, endAtMs, bidMinor: 5 };
    const { metaCampaignId } = valueOf(await client.createMessageCampaign(order));
    const campaign = { ...page, metaCampaignId };
    const found = valueOf(await client.findMessageCampaigns({ ...page, nameMark: 'mark-1' }));
    expect(found).toEqual([
      {
        metaCampaignId,
        name: 'Payday [mark-1]',
        effectiveStatus: 'IN_PROCESS',
        createdAtMs: Date.parse('2026-11-02T08:00:00Z'),
      },
    ]);
    expect(valueOf(await client.findMessageCampaigns({ ...page, nameMark: 'mark-2' }))).toEqual([]);

    expect(valueOf(await client.updateCampaignBudget(campaign, { ...budget, amountMinor: 60_000 }))).toBe(true);
    expect(valueOf(await client.updateCampaignEnd(campaign, endAtMs + 3_600_000))).toBe(true);
    const state = valueOf(await client.readCampaign(campaign));
    expect(state).toMatchObject({ name: 'Payday [mark-1]', lifetimeBudgetMinor: 60_000, startAtMs });
    expect(state).toMatchObject({ endAtMs: endAtMs + 3_600_000, dailyBudgetMinor: undefined });

    expect(valueOf(await client.updateCampaignStatus(campaign, 'PAUSED'))).toBe(true);
    expect(valueOf(await client.readCampaign(campaign)).effectiveStatus).toBe('PAUSED');
    expect(valueOf(await client.deleteCampaign(campaign))).toBe(true);
    expect(valueOf(await client.findMessageCampaigns({ ...page, nameMark: 'mark-1' }))).toEqual([]);
  });

  it('finds two of one name over several pages, the older first', async () => {
    const ids = [];
    for (let n = 0; n < 201; n++) {
      const name = n < 2 ? `Twice [mark-3]` : `Other mark-3 ${n}`;
      ids.push(valueOf(await client.createMessageCampaign({ ...page, name, budget })).metaCampaignId);
      if (n === 0) await world.advance('PT1S');
    }
    const found = valueOf(await client.findMessageCampaigns({ ...page, nameMark: 'mark-3' }));
    expect(found).toHaveLength(201);
    expect(found[0]?.metaCampaignId).toBe(ids[0]);
  });

  it('refuses a start in the past', async () => {
    const startAtMs = Date.parse('2026-11-01T09:00:00Z');
    expect(codeOf(await client.createMessageCampaign({ ...page, name: 'Late', budget, startAtMs }))).toBe('100');
  });

  it('estimates the price', async () => {
    await world.people(page, { count: 3, source: 'OPT_IN' });
    const estimate = valueOf(await client.deliveryEstimate({ ...page, budget, days: 5 }));
    expect(estimate).toMatchObject({ deliveriesHigh: 3, unitCostLowMinor: 5, unitCostHighMinor: 5 });
  });
});

describe('Client and simulator agree on the token list', () => {
  it('pages through people of every source', async () => {
    const shop = await world.page();
    const asked = await world.people(shop, { count: 5, source: 'OPT_IN', timeZone: 'Asia/Bangkok' });
    const listed = await world.people(shop, { count: 3, source: 'SUBSCRIBER_LIST', list: 'spring' });
    const tokens = await allTokens(shop, 2);
    expect(tokens.map(({ token }) => token)).toEqual([...asked, ...listed].map(({ token }) => token));
    expect(tokens[0]).toMatchObject({
      psid: asked[0]?.psid,
      active: true,
      topicTitle: 'Updates and promotions',
      timeZone: 'Asia/Bangkok',
      customAudienceIds: [],
    });
    expect(tokens[7]).toMatchObject({ psid: undefined, active: true, createdAtMs: undefined });
    expect(tokens[7]?.customAudienceIds).toHaveLength(1);
    expect(await allTokens(shop)).toEqual(tokens);
  });

  it('shows the next eligible time of one person, and who stopped', async () => {
    const shop = await world.page();
    const person = await world.person(shop, { source: 'OPT_IN' });
    const metaCampaignId = await world.readyCampaign(shop);
    const send = { ...shop, metaCampaignId, subscriptionToken: person.token, message };
    valueOf(await client.sendMarketingMessage(send));
    const { now } = await world.control<{ now: string }>('GET', 'clock');
    const row = valueOf(await client.readNotificationToken({ token: person.token, pageToken: shop.pageToken }));
    expect(row.nextPaidAtMs).toBe(Date.parse(now) + 12 * 3_600_000);

    expect(valueOf(await client.unsubscribe(shop, [{ psid: person.psid }, { psid: '1' }]))).toEqual({ invalidRows: 1 });
    expect((await allTokens(shop)).map(({ active }) => active)).toEqual([false]);
    expect(codeOf(await client.sendMarketingMessage(send))).toBe('2300034');
  });

  it('unsubscribes by token and by e-mail', async () => {
    const shop = await world.page();
    const one = await world.person(shop, { source: 'OPT_IN' });
    await world.person(shop, { source: 'OPT_IN', email: 'ann@example.com' });
    const rows = [{ subscriptionToken: one.token }, { email: 'ann@example.com' }];
    expect(valueOf(await client.unsubscribe(shop, rows))).toEqual({ invalidRows: 0 });
    expect((await allTokens(shop)).map(({ active }) => active)).toEqual([false, false]);
  });
});

describe('Client and simulator agree on sending', () => {
  it('waits for the population, sends once, is refused within the cool-down', async () => {
    const person = await world.person(page, { source: 'OPT_IN' });
    const budget = { type: 'lifetime', amountMinor: 1000 } as const;
    const { metaCampaignId } = valueOf(await client.createMessageCampaign({ ...page, name: 'Slow', budget }));
    const send = { ...page, metaCampaignId, subscriptionToken: person.token, message };
    expect(codeOf(await client.sendMarketingMessage(send))).toBe('2300012');
    await world.advance('PT61M');
    expect(codeOf(await client.sendMarketingMessage(send))).toBe('2300041');
    await world.advance('PT14M');
    expect(valueOf(await client.sendMarketingMessage(send)).trackingId).toMatch(/^[0-9a-f-]{36}$/);
    await world.advance('PT5M');
    const second = await client.sendMarketingMessage(send);
    expect(codeOf(second)).toBe('2300035');
    expect(second.kind === 'refused' && second.error.remainingSeconds).toBe(12 * 3600 - 300);
  });

  it('sends an ordinary message inside the window only', async () => {
    const writer = await world.person(page, { windowOpen: true });
    const stranger = await world.person(page, {});
    const send = { ...page, message, messagingType: 'RESPONSE' } as const;
    expect(valueOf(await client.sendMessage({ ...send, psid: writer.psid })).mid).toMatch(/^m_/);
    expect(codeOf(await client.sendMessage({ ...send, psid: stranger.psid }))).toBe('10/2018278');
    expect(codeOf(await client.sendMessage({ ...send, psid: '1' }))).toBe('100/2018001');
  });

  it('asks for the opt-in once a week and title', async () => {
    const writer = await world.person(page, { windowOpen: true });
    const request = { ...page, psid: writer.psid, title: 'New arrivals', payload: 'p', ctaText: 'GET_UPDATES' };
    expect(valueOf(await client.sendOptInRequest(request)).mid).toMatch(/^m_/);
    expect(codeOf(await client.sendOptInRequest(request))).toBe('613/1893016');
    expect((await client.sendOptInRequest({ ...request, title: 'Sale' })).kind).toBe('ok');
  });

  it.each([
    ['drop_after_accept', { kind: 'unknown', reason: 'connection_lost' }, 1],
    ['truncated', { kind: 'unknown', reason: 'broken_answer' }, 1],
    ['500', { kind: 'unknown', reason: 'server_error' }, 0],
    ['503_html', { kind: 'unknown', reason: 'server_error' }, 0],
    ['error_data_string', { kind: 'refused', error: { code: 2300055, remainingSeconds: 1800 } }, 0],
  ])('understands the fault %s', async (fault, expected, accepted) => {
    const person = await world.person(page, { source: 'OPT_IN' });
    const metaCampaignId = await world.readyCampaign(page);
    await world.control('POST', 'faults', { match: { path: 'act_*/messages' }, fault, times: 1 });
    const send = { ...page, metaCampaignId, subscriptionToken: person.token, message };
    expect(await client.sendMarketingMessage(send)).toMatchObject(expected);
    const summary = await world.control<{ accepted: number }>('GET', `sends/summary?campaignId=${metaCampaignId}`);
    expect(summary.accepted).toBe(accepted);
    await world.control('DELETE', 'faults');
  });
});
