import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphClient } from '../../src/graph-api/graph-client';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { TinyGraph } from './tiny-graph';
import type { SeenRequest } from './tiny-graph';

const page = { metaPageId: '10', pageToken: 'PT' };
const campaign = { metaCampaignId: '1202', systemUserToken: 'ST' };
const account = { adAccountId: '1', systemUserToken: 'ST' };

let graph: TinyGraph;
let client: GraphClient;

beforeAll(async () => {
  graph = await TinyGraph.start();
  client = new GraphClient({ url: graph.url, version: 'v25.0' });
});

afterAll(async () => {
  await client.close();
  await graph.stop();
});

function valueOf<T>(result: GraphResult<T>): T {
  if (result.kind !== 'ok') throw new Error(`The call was ${JSON.stringify(result)}.`);
  return result.value;
}

function lastSeen(): SeenRequest {
  const seen = graph.seen.at(-1);
  if (seen === undefined) throw new Error('Nothing was asked.');
  return seen;
}

describe('Sending', () => {
  it('posts a paid message to the ad account', async () => {
    graph.answerJson({ success: true });
    const message = { text: 'Hi' };
    const result = await client.sendMarketingMessage({
      ...account,
      metaCampaignId: '1202',
      subscriptionToken: '4263',
      message,
    });
    expect(valueOf(result)).toEqual({ trackingId: undefined });
    expect(lastSeen()).toMatchObject({
      method: 'POST',
      path: '/v25.0/act_1/messages',
      token: 'ST',
      body: { message_id: '1202', messenger_delivery_data: { subscription_token: '4263' }, message },
    });
  });

  it('posts an ordinary message to the Page', async () => {
    graph.answerJson({ recipient_id: '7351', message_id: 'm_1' });
    const message = { text: 'Hi' };
    const result = await client.sendMessage({ ...page, psid: '7351', message, messagingType: 'RESPONSE' });
    expect(valueOf(result)).toEqual({ mid: 'm_1' });
    expect(lastSeen()).toMatchObject({ path: '/v25.0/10/messages', token: 'PT' });
    expect(lastSeen().body).toEqual({ recipient: { id: '7351' }, messaging_type: 'RESPONSE', message });
  });

  it.each([
    ['beside each other', { recipient_id: '7351', message_id: 'm_1' }],
    ['inside the recipient', { recipient: { id: '7351', message_id: 'm_1' } }],
  ])('asks for the opt-in and reads the ids %s', async (_form, answer) => {
    graph.answerJson(answer);
    const result = await client.sendOptInRequest({ ...page, psid: '7351', title: 'Weekly offers', payload: 'p' });
    expect(valueOf(result)).toEqual({ mid: 'm_1' });
    expect(lastSeen().body).toEqual({
      recipient: { id: '7351' },
      message: {
        attachment: {
          type: 'template',
          payload: { template_type: 'notification_messages', title: 'Weekly offers', payload: 'p' },
        },
      },
    });
  });

  it('unsubscribes people by any of their names', async () => {
    graph.answerJson({ invalid_rows_count: 1 });
    const rows = [{ psid: '7351' }, { subscriptionToken: '4263' }, { email: 'a@b.c' }];
    expect(valueOf(await client.unsubscribe(page, rows))).toEqual({ invalidRows: 1 });
    expect(lastSeen().path).toBe('/v25.0/10/messaging_customer_base/unsubscribe');
    expect(lastSeen().body).toEqual({ data: [{ psid: '7351' }, { subscriber_token: '4263' }, { email: 'a@b.c' }] });
  });
});

describe('Campaigns', () => {
  const wanted = {
    ...account,
    metaPageId: '10',
    name: 'Payday [018f]',
    budget: { type: 'lifetime', amountMinor: 500_000 },
  } as const;

  it('are created with budget and times in whole seconds', async () => {
    graph.answerJson({ id: '1202', warning: { text: 'low' } });
    const result = await client.createMessageCampaign({
      ...wanted,
      startAtMs: 1_790_000_000_001,
      endAtMs: 1_790_086_400_000,
    });
    expect(valueOf(result)).toEqual({ metaCampaignId: '1202', hasNotice: true });
    expect(lastSeen()).toMatchObject({ path: '/v25.0/act_1/message_campaign', token: 'ST' });
    expect(lastSeen().body).toEqual({
      name: 'Payday [018f]',
      page_id: '10',
      lifetime_budget: 500_000,
      start_time: 1_790_000_001,
      end_time: 1_790_086_400,
    });
  });

  it('keep every digit of an id that came as a number', async () => {
    graph.answerJson('{"id":120211111111111111}');
    expect(valueOf(await client.createMessageCampaign(wanted)).metaCampaignId).toBe('120211111111111111');
  });

  it('are found by a part of their name over all pages, the older first', async () => {
    const ad = (id: string, name: string, created_time: string): object => ({ id, created_time, campaign: { name } });
    graph.answerInTurn(
      {
        data: [ad('3', 'Payday [018f]', '2026-11-02T00:00:00+0700'), ad('4', 'Other', '2026-11-01T00:00:00+0700')],
        paging: { cursors: { after: 'A' }, next: 'https://elsewhere.example/?after=A&access_token=x' },
      },
      { data: [ad('2', 'Payday [018f]', '2026-11-01T00:00:00+0700')], paging: { cursors: { after: 'B' } } },
    );
    const found = valueOf(await client.findMessageCampaigns({ ...account, nameMark: '018f' }));
    expect(found.map(({ metaCampaignId }) => metaCampaignId)).toEqual(['2', '3']);
    expect(found[0]?.createdAtMs).toBe(Date.parse('2026-10-31T17:00:00Z'));
    expect(graph.seen.map(({ query }) => query.get('after'))).toEqual([null, 'A']);
    expect(JSON.parse(lastSeen().query.get('filtering') ?? '')).toEqual([
      { field: 'campaign.name', operator: 'CONTAIN', value: '018f' },
    ]);
  });

  it('are not searched in a circle for ever', async () => {
    graph.answerJson({ data: [], paging: { next: 'https://graph.facebook.com/?after=A' } });
    const result = await client.findMessageCampaigns({ ...account, nameMark: '018f' });
    expect(result).toEqual({ kind: 'unknown', reason: 'broken_answer' });
  });

  it('are read with their budgets, which come as text', async () => {
    graph.answerJson({
      id: '1202',
      effective_status: 'IN_PROCESS',
      campaign: { name: 'Payday', id: '1' },
      adset: {
        id: '99',
        lifetime_budget: '500000',
        daily_budget: '0',
        start_time: '2026-11-25T08:00:00+0700',
        end_time: '2026-11-27T08:00:00+0700',
      },
    });
    expect(valueOf(await client.readCampaign(campaign))).toEqual({
      effectiveStatus: 'IN_PROCESS',
      name: 'Payday',
      adSetId: '99',
      dailyBudgetMinor: undefined,
      lifetimeBudgetMinor: 500_000,
      startAtMs: Date.parse('2026-11-25T01:00:00Z'),
      endAtMs: Date.parse('2026-11-27T01:00:00Z'),
    });
    expect(lastSeen()).toMatchObject({ method: 'GET', path: '/v25.0/1202', token: 'ST' });
  });

  it.each([{ success: true }, { success: 'true' }])('are paused and deleted, answered by %j', async (answer) => {
    graph.answerJson(answer);
    expect(valueOf(await client.updateCampaignStatus(campaign, 'PAUSED'))).toBe(true);
    expect(lastSeen()).toMatchObject({ method: 'POST', path: '/v25.0/1202', body: { status: 'PAUSED' } });
    expect(valueOf(await client.deleteCampaign(campaign))).toBe(true);
    expect(lastSeen()).toMatchObject({ method: 'DELETE', path: '/v25.0/1202', body: undefined });
  });

  it('get another budget and end through their ad set', async () => {
    graph.answerInTurn({ id: '1202', adset: { id: '99' } }, { success: true });
    await client.updateCampaignBudget(campaign, { type: 'daily', amountMinor: 700 });
    expect(lastSeen()).toMatchObject({ method: 'POST', path: '/v25.0/99', body: { daily_budget: 700 } });
    graph.answerInTurn({ id: '1202', adset: { id: '99' } }, { success: true });
    await client.updateCampaignEnd(campaign, 1_790_000_000_000);
    expect(lastSeen().body).toEqual({ end_time: 1_790_000_000 });
  });

  it('have totals, of which those without data are absent', async () => {
    graph.answerJson({ data: [{ marketing_messages_delivered: '1200', marketing_messages_spend: '38.87' }] });
    expect(valueOf(await client.campaignInsights(campaign)).metrics).toEqual({
      marketing_messages_delivered: '1200',
      marketing_messages_spend: '38.87',
    });
    graph.answerJson({ data: [] });
    const range = { since: '2026-11-01', until: '2026-11-20' };
    expect(valueOf(await client.campaignInsights(campaign, range)).metrics).toEqual({});
    expect(JSON.parse(lastSeen().query.get('time_range') ?? '')).toEqual(range);
  });

  it('are estimated for a Page and a budget', async () => {
    const row = {
      estimate_delivery_lower_bound: 900,
      estimate_delivery_upper_bound: 1200,
      estimate_cost_lower_bound: 3,
    };
    graph.answerJson({ data: [{ ...row, estimate_cost_upper_bound: '5' }] });
    const question = { ...account, metaPageId: '10', budget: wanted.budget, days: 5 };
    expect(valueOf(await client.deliveryEstimate(question))).toEqual({
      deliveriesLow: 900,
      deliveriesHigh: 1200,
      unitCostLowMinor: 3,
      unitCostHighMinor: 5,
    });
    expect(lastSeen().path).toBe('/v25.0/act_1/message_delivery_estimate');
    expect(Object.fromEntries(lastSeen().query)).toMatchObject({
      lifetime_budget: '500000',
      lifetime_in_days: '5',
      is_direct_send_campaign: 'true',
      promoted_object: '{"page_id":"10"}',
    });
  });
});

describe('Subscriptions', () => {
  const row = {
    notification_messages_token: '4263172597193563921',
    recipient_id: '7351004321',
    notification_messages_reoptin: 'ENABLED',
    creation_timestamp: 1_761_200_000,
    token_expiry_timestamp: 4_102_444_800_000,
    topic_title: 'Updates',
    notification_messages_timezone: 'Asia/Bangkok',
    next_eligible_time: 1_789_000_000,
    next_eligible_time_for_paid_messaging: 1_788_960_000,
  };

  it('are listed page by page, in seconds or milliseconds', async () => {
    graph.answerInTurn(
      { data: [row], paging: { cursors: { after: 'A' }, next: 'x' } },
      { data: [], paging: { cursors: { after: 'B' }, next: 'x' } },
      {
        data: [
          { notification_messages_token: '1', notification_messages_reoptin: 'DISABLED', custom_audience_ids: ['12'] },
        ],
        paging: { cursors: { after: 'C' } },
      },
    );
    const tokens = [];
    for await (const result of client.listNotificationTokens({ ...page, limit: 2 })) {
      tokens.push(...valueOf(result).tokens);
    }
    expect(tokens).toEqual([
      {
        token: '4263172597193563921',
        psid: '7351004321',
        active: true,
        topicTitle: 'Updates',
        timeZone: 'Asia/Bangkok',
        createdAtMs: 1_761_200_000_000,
        expiresAtMs: 4_102_444_800_000,
        nextPaidAtMs: 1_788_960_000_000,
        customAudienceIds: [],
      },
      { token: '1', active: false, customAudienceIds: ['12'] },
    ]);
    expect(graph.seen.map(({ query }) => query.get('after'))).toEqual([null, 'A', 'B']);
    expect(Object.fromEntries(lastSeen().query)).toMatchObject({ limit: '2', do_not_return_duplicates: 'true' });
    expect(lastSeen().query.get('fields')).toContain('next_eligible_time_for_paid_messaging');
  });

  it('stop being listed at the first result that is not ok', async () => {
    graph.answerJson({ error: { code: 2300080, message: 'x' } }, 400);
    const kinds = [];
    for await (const result of client.listNotificationTokens(page)) kinds.push(result.kind);
    expect(kinds).toEqual(['refused']);
    expect(lastSeen().query.get('limit')).toBe('1000');
  });

  it('are listed by where they came from', async () => {
    graph.answerJson({ data: [] });
    for await (const _page of client.listNotificationTokens({ ...page, optInSource: 'CTM' })) continue;
    expect(lastSeen().query.get('opt_in_source')).toBe('["CTM"]');
  });

  it('are read one by one by their token', async () => {
    const { next_eligible_time_for_paid_messaging: _paid, ...plain } = row;
    graph.answerJson(plain);
    const result = await client.readNotificationToken({ token: '4263172597193563921', pageToken: 'PT' });
    expect(valueOf(result)).toMatchObject({ psid: '7351004321', nextPaidAtMs: 1_789_000_000_000 });
    expect(lastSeen().path).toBe('/v25.0/notification_messages_4263172597193563921');
  });
});

describe('Connecting', () => {
  it('reads Page and ad account', async () => {
    graph.answerJson({ id: '10', name: 'Shop', location: { country_code: 'TH' } });
    expect(valueOf(await client.readPage(page))).toEqual({ metaPageId: '10', name: 'Shop', country: 'TH' });
    graph.answerJson({ id: '10', name: 'Shop', location: { country: 'Thailand' } });
    expect(valueOf(await client.readPage(page)).country).toBeUndefined();
    graph.answerJson({
      id: 'act_1',
      name: 'Shop',
      currency: 'THB',
      timezone_name: 'Asia/Bangkok',
      business_country_code: 'TH',
    });
    expect(valueOf(await client.readAdAccount({ adAccountId: 'act_1', systemUserToken: 'ST' }))).toEqual({
      adAccountId: '1',
      name: 'Shop',
      currency: 'THB',
      timeZone: 'Asia/Bangkok',
      country: 'TH',
    });
  });

  it('subscribes the app to every field Herald needs and reads them back', async () => {
    graph.answerJson({ success: 'true' });
    expect(valueOf(await client.subscribeApp(page))).toBe(true);
    expect(lastSeen()).toMatchObject({ method: 'POST', path: '/v25.0/10/subscribed_apps', token: 'PT' });
    const fields = lastSeen().query.get('subscribed_fields')?.split(',');
    expect(fields).toEqual(
      expect.arrayContaining(['messages', 'messaging_optins', 'marketing_message_delivery_failed']),
    );
    graph.answerJson({ data: [{ id: '55', name: 'Herald', subscribed_fields: fields }] });
    expect(valueOf(await client.readSubscribedApps(page))).toEqual([{ appId: '55', fields }]);
  });

  it('proves every call with the app secret when there is one', async () => {
    const proving = new GraphClient({ url: `${graph.url}/base/`, version: 'v25.0', appSecret: 'app' });
    graph.answerJson({ id: '10' });
    await proving.readPage(page);
    expect(lastSeen().path).toBe('/base/v25.0/10');
    expect(lastSeen().query.get('appsecret_proof')).toBe(createHmac('sha256', 'app').update('PT').digest('hex'));
    await proving.close();
  });
});
