import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BudgetEntryEntity,
  CampaignEntity,
  CampaignMessageEntity,
  SendEntity,
  WaitEntity,
} from '../../src/persistence/entities';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { Answer } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { draft, startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, optedIn } from './people';

const STRANGER = '019ab0c4-7c00-7000-8000-0000000000ff';

describe('People of a campaign', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let people: string[];
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api, { country: 'US', timeZone: 'Europe/Rome' });
    people = [];
    for (let index = 0; index < 5; index += 1) people.push(await optedIn(api, pageId));
  });
  afterAll(() => api.stop());

  const choose = (id: string, body: unknown): Promise<Answer> => api.post(`/v1/campaigns/${id}/messages`, body);
  const chooseLines = (id: string, lines: readonly string[]): Promise<Answer> =>
    api.post(`/v1/campaigns/${id}/messages`, lines.join('\n'), { headers: { 'content-type': 'application/x-ndjson' } });
  const all = () => ({ recipients: people.map((subscriberId) => ({ subscriberId })) });
  const rowsOf = (campaignId: string): Promise<SendEntity[]> =>
    api.owner.getRepository(SendEntity).find({ where: { campaignId }, order: { id: 'ASC' } });

  it.each(['scheduled', 'populating', 'active', 'paused'] as const)('are taken while it is %s', async (state) => {
    const id = await startedCampaign(api, pageId, state);
    const taken = await choose(id, all());
    expect(taken.status).toBe(202);
    expect(taken.body).toEqual({
      batchId: expect.any(String),
      received: 5,
      duplicates: 0,
      unknown: 0,
      unknownIds: [],
    });
    const rows = await rowsOf(id);
    expect(rows.map(({ state: queued, choiceId }) => [queued, choiceId])).toEqual(
      people.map(() => ['queued', taken.body['batchId']]),
    );
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: id })).toMatchObject({ wakeSeq: 1 });
  });

  it('get the same content once; another content is another message (R-27)', async () => {
    const id = await startedCampaign(api, pageId, 'active');
    await choose(id, all());
    expect((await choose(id, all())).body).toMatchObject({ received: 5, duplicates: 5 });
    expect((await choose(id, { ...all(), content: { text: 'Another' } })).body).toMatchObject({ duplicates: 0 });
    const [first = ''] = people;
    const twice = {
      recipients: [
        { subscriberId: first, content: { text: 'Own' } },
        { subscriberId: first.toUpperCase(), content: { text: 'Own' } },
      ],
    };
    expect((await choose(id, twice)).body).toMatchObject({ received: 2, duplicates: 1, unknown: 0 });
    expect(await api.owner.getRepository(CampaignMessageEntity).countBy({ campaignId: id })).toBe(3);
  });

  it('who are nobody at its Page are counted and named', async () => {
    const id = await startedCampaign(api, pageId, 'active');
    const elsewhere = await optedIn(api, await connectedPage(api));
    const taken = await choose(id, { recipients: [{ subscriberId: STRANGER }, { subscriberId: elsewhere }] });
    expect(taken.body).toMatchObject({ received: 2, duplicates: 0, unknown: 2, unknownIds: [STRANGER, elsewhere] });
    expect(await rowsOf(id)).toEqual([]);
  });

  it('come as NDJSON too, a recipient a line', async () => {
    const id = await startedCampaign(api, pageId, 'active');
    const lines = people.map((subscriberId, index) =>
      JSON.stringify({ subscriberId, variables: { name: `N${index}` } }),
    );
    const taken = await chooseLines(id, [...lines, '', '']);
    expect(taken.status).toBe(202);
    expect(taken.body).toMatchObject({ received: 5, duplicates: 0 });
    const rows = await rowsOf(id);
    expect(rows.every(({ variablesSealed }) => variablesSealed !== null)).toBe(true);
    expect(
      Buffer.concat(rows.map(({ variablesSealed }) => variablesSealed ?? Buffer.alloc(0))).toString('latin1'),
    ).not.toContain('N1');
  });

  it('are not taken when a line is no JSON: 400 with its number', async () => {
    const id = await startedCampaign(api, pageId, 'active');
    const good = JSON.stringify({ subscriberId: people[0] });
    const refused = await chooseLines(id, [good, '', '{"subscriberId":', good]);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([{ field: 'line 3', reason: 'is no valid JSON' }]);
    expect(await rowsOf(id)).toEqual([]);
  });

  it('without a content of the campaign, the call or their own are refused', async () => {
    const id = await startedCampaign(api, pageId, 'active', { content: undefined });
    const [a = '', b = ''] = people;
    const refused = await choose(id, {
      recipients: [{ subscriberId: a, content: { text: 'Own' } }, { subscriberId: b }],
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ field }) => field)).toEqual(['recipients[1].content']);
    expect(await rowsOf(id)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, 'recipients'],
    ['a body that is a list', [], 'body'],
    ['an empty list', { recipients: [] }, 'recipients'],
    ['too many', { recipients: Array.from({ length: 10_001 }, () => ({ subscriberId: STRANGER })) }, 'recipients'],
    ['somebody who is a text', { recipients: ['x'] }, 'recipients[0]'],
    [
      'an id that is none',
      { recipients: [{ subscriberId: STRANGER }, { subscriberId: 'x' }] },
      'recipients[1].subscriberId',
    ],
    ['no id', { recipients: [{}] }, 'recipients[0].subscriberId'],
    ['a field that is none', { recipients: [{ subscriberId: STRANGER, name: 'Ada' }] }, 'recipients[0].name'],
    [
      'variables that are a list',
      { recipients: [{ subscriberId: STRANGER, variables: [] }] },
      'recipients[0].variables',
    ],
    [
      'a variable that is an object',
      { recipients: [{ subscriberId: STRANGER, variables: { a: {} } }] },
      'recipients[0].variables.a',
    ],
    [
      'a content Meta would refuse',
      { recipients: [{ subscriberId: STRANGER, content: { text: 1 } }] },
      'recipients[0].content.text',
    ],
    ['a call content Meta would refuse', { content: null, recipients: [{ subscriberId: STRANGER }] }, 'content'],
    ['a lane', { recipients: [{ subscriberId: STRANGER }], lane: 'paid' }, 'lane'],
  ])('with %s are refused, naming the field', async (_case, body, field) => {
    const id = await startedCampaign(api, pageId, 'active');
    const refused = await choose(id, body);
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect(await rowsOf(id)).toEqual([]);
  });

  it.each(['draft', 'ended', 'stopped', 'failed'] as const)('are not taken while it is %s: 409', async (state) => {
    const refused = await choose(await startedCampaign(api, pageId, state), all());
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'CAMPAIGN.STATE', state });
    expect(refused.body).not.toHaveProperty('ruleId');
  });

  it.each([
    ['active', { endAt: inHours(-1) }],
    ['ended', { reason: 'schedule_ended', endAt: inHours(-1) }],
  ])('are not taken after the end of its schedule (%s): 409 with R-16', async (state, row) => {
    const id = await startedCampaign(api, pageId, 'active');
    await api.owner.getRepository(CampaignEntity).update({ id }, { state, ...row });
    const refused = await choose(id, all());
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ state, ruleId: 'R-16', facts: { endAt: row.endAt.toISOString() } });
  });

  it('are taken up to 10,000 a call, and a body may have 32 MiB', async () => {
    const id = await startedCampaign(api, pageId, 'active');
    const text = 'x'.repeat(600);
    const recipients = Array.from({ length: 10_000 }, () => ({
      subscriberId: uuidV7(),
      content: { text },
      variables: { a: text },
    }));
    const taken = await choose(id, { recipients });
    expect(taken.status).toBe(202);
    expect(taken.body).toMatchObject({ received: 10_000, unknown: 10_000 });
    expect(taken.body['unknownIds']).toHaveLength(100);
  });

  describe('stand in its ledger', () => {
    let id: string;
    beforeAll(async () => {
      id = await startedCampaign(api, pageId, 'active');
      await choose(id, all());
      const rows = await rowsOf(id);
      const day1 = new Date('2026-11-22T22:30:00Z');
      const day2 = new Date('2026-11-22T23:30:00Z');
      const moved = [
        { state: 'clicked', acceptedAt: day1, deliveredAt: day1, readAt: day2, clickedAt: day2, linkClicks: 3 },
        { state: 'delivered', acceptedAt: day1, deliveredAt: day2 },
        { state: 'accepted', acceptedAt: day2 },
        { state: 'refused', ruleId: 'R-08', facts: { until: 'then' }, allowedAt: day2 },
      ];
      for (const [index, change] of moved.entries()) {
        await api.owner.getRepository(SendEntity).update({ campaignId: id, id: rows[index]?.id ?? '' }, change);
      }
      const entry = {
        workspaceId: api.workspaceId,
        campaignId: id,
        budgetDay: 'lifetime',
        claimNo: 1,
        amountMinor: 100,
      };
      for (const [index, kind, at] of [
        [0, 'reserve', day1],
        [1, 'reserve', day1],
        [0, 'charge', day1],
        [1, 'charge', day2],
        [2, 'reserve', day2],
      ] as const) {
        await api.owner
          .getRepository(BudgetEntryEntity)
          .insert({ id: uuidV7(), ...entry, sendId: rows[index]?.id ?? '', kind, at });
      }
    });

    it('as recipients, in exactly the states that are asked for', async () => {
      const states = async (query: string): Promise<unknown[]> =>
        (await api.get(`/v1/campaigns/${id}/recipients${query}`)).body.data.map(({ state }) => state);
      expect(await states('')).toEqual(['clicked', 'delivered', 'accepted', 'refused', 'queued']);
      expect(await states('?state=refused,queued')).toEqual(['refused', 'queued']);
      expect(await states('?limit=2')).toEqual(['clicked', 'delivered']);
      expect((await api.get(`/v1/campaigns/${id}/recipients?state=sent`)).status).toBe(400);
      const { data } = (await api.get(`/v1/campaigns/${id}/recipients?state=refused`)).body;
      expect(data[0]).toMatchObject({
        ruleId: 'R-08',
        facts: { until: 'then' },
        allowedAt: '2026-11-22T23:30:00.000Z',
      });
    });

    it('as counts that say "reached at least"', async () => {
      expect((await api.get(`/v1/campaigns/${id}`)).body['counts']).toMatchObject({
        sent: 3,
        delivered: 2,
        read: 1,
        clicked: 1,
        refused: 1,
        queued: 1,
      });
    });

    it('as movements of money, in parts', async () => {
      const first = await api.get(`/v1/campaigns/${id}/ledger?limit=3`);
      expect(first.body.data.map(({ kind }) => kind)).toEqual(['reserve', 'reserve', 'charge']);
      expect(first.body.data[0]).toEqual({
        id: expect.any(String),
        kind: 'reserve',
        amountMinor: 100,
        sendId: expect.any(String),
        at: '2026-11-22T22:30:00.000Z',
      });
      const rest = await api.get(`/v1/campaigns/${id}/ledger?cursor=${String(first.body.nextCursor)}`);
      expect(rest.body.data.map(({ kind }) => kind)).toEqual(['charge', 'reserve']);
      expect(rest.body.nextCursor).toBeNull();
    });

    const nothing = { failed: 0, held: 0, unknown: 0 };

    it('as figures in total', async () => {
      const total = {
        sent: 3,
        delivered: 2,
        read: 1,
        clicked: 1,
        linkClicks: 3,
        refused: 1,
        ...nothing,
        spendMinor: 200,
      };
      const rates = { readRate: 0.5, clickRate: 0.5, costPerDeliveredMinor: 100, costPerClickMinor: 66.67 };
      const answer = { by: 'total', currency: 'EUR', ...total, ...rates };
      expect((await api.get(`/v1/campaigns/${id}/insights`)).body).toEqual(answer);
      expect((await api.get(`/v1/campaigns/${id}/insights?by=total`)).body).toEqual(answer);
    });

    it("as figures by local day of the ad account's zone", async () => {
      const { body } = await api.get(`/v1/campaigns/${id}/insights?by=day`);
      const [day1, day2] = body.data;
      expect(day1).toMatchObject({ day: '2026-11-22', sent: 2, delivered: 1, read: 0, spendMinor: 100 });
      expect(day2).toMatchObject({ day: '2026-11-23', sent: 1, delivered: 1, read: 1, clicked: 1, spendMinor: 100 });
      const part = await api.get(`/v1/campaigns/${id}/insights?by=day&limit=1`);
      expect(part.body.data).toEqual([day1]);
      const rest = await api.get(`/v1/campaigns/${id}/insights?by=day&cursor=${String(part.body.nextCursor)}`);
      expect(rest.body.data[0]).toEqual(day2);
    });

    it('as figures by recipient', async () => {
      const { data } = (await api.get(`/v1/campaigns/${id}/insights?by=recipient&limit=3`)).body;
      expect(data).toHaveLength(3);
      expect(data[0]).toMatchObject({
        state: 'clicked',
        sent: 1,
        clicked: 1,
        linkClicks: 3,
        spendMinor: 100,
        readRate: 1,
      });
      expect(data[2]).toMatchObject({ state: 'accepted', sent: 1, delivered: 0, spendMinor: 0, readRate: null });
    });

    it.each(['by=moon', 'by=day&cursor=eyJ9', 'by=recipient&cursor=WzFd'])('but not by %s', async (query) => {
      expect((await api.get(`/v1/campaigns/${id}/insights?${query}`)).status).toBe(400);
    });

    it.each(['set', 'message', 'country'])('but not yet by %s', async (by) => {
      const refused = await api.get(`/v1/campaigns/${id}/insights?by=${by}`);
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toEqual([{ field: 'by', reason: `${by} is not available in this version` }]);
    });

    it('as nothing before anything happened', async () => {
      const empty = (await draft(api, pageId)).body.id;
      expect((await api.get(`/v1/campaigns/${empty}/insights`)).body).toMatchObject({
        sent: 0,
        readRate: null,
        costPerDeliveredMinor: null,
      });
      for (const list of ['recipients', 'ledger', 'insights?by=day', 'insights?by=recipient']) {
        expect((await api.get(`/v1/campaigns/${empty}/${list}`)).body).toEqual({ data: [], nextCursor: null });
      }
    });
  });
});
