import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CampaignCommand, CampaignState } from '../../domain/campaign/campaign-transitions';
import {
  CampaignAudienceEntity,
  CampaignEntity,
  CampaignMessageEntity,
  OutboxEntity,
  SendEntity,
  WaitEntity,
} from '../../src/persistence/entities';
import type { Answer } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { draft, startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, optedIn, person, subscribed, topic } from './people';

describe('A campaign that is', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api, { country: 'US' });
  });
  afterAll(() => api.stop());

  const command = (id: string, name: string): Promise<Answer> => api.post(`/v1/campaigns/${id}/${name}`);
  const signals = async (ownerId: string): Promise<unknown[]> =>
    (await api.owner.getRepository(OutboxEntity).findBy({ ownerId, kind: 'wake' })).map(({ body }) => body['signal']);

  it.each<[CampaignState, CampaignCommand, CampaignState, string | undefined, string]>([
    ['draft', 'start', 'scheduled', undefined, 'refresh'],
    ['scheduled', 'pause', 'paused', 'paused_by_request', 'pause'],
    ['populating', 'pause', 'paused', 'paused_by_request', 'pause'],
    ['active', 'pause', 'paused', 'paused_by_request', 'pause'],
    ['paused', 'stop', 'stopped', 'stopped_by_request', 'stop'],
    ['active', 'stop', 'stopped', 'stopped_by_request', 'stop'],
  ])('%s moves by %s to %s, and its workflow hears of it', async (from, name, to, reason, signal) => {
    const id = await startedCampaign(api, pageId, from);
    const moved = await command(id, name);
    expect(moved.status).toBe(200);
    expect(moved.body['state']).toBe(to);
    expect(moved.body['reason']).toBe(reason);
    expect(await signals(id)).toEqual([signal]);
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: id })).toMatchObject({ wakeSeq: 1 });
  });

  it.each(['scheduled', 'populating', 'active'] as const)('%s comes back there by resume', async (state) => {
    const id = await startedCampaign(api, pageId, state);
    await command(id, 'pause');
    const resumed = await command(id, 'resume');
    expect(resumed.status).toBe(200);
    expect(resumed.body).toMatchObject({ state });
    expect(resumed.body).not.toHaveProperty('reason');
    expect(await signals(id)).toEqual(['pause', 'resume']);
  });

  it.each<[CampaignState, CampaignCommand]>([
    ['scheduled', 'start'],
    ['active', 'start'],
    ['paused', 'pause'],
    ['active', 'resume'],
    ['stopped', 'stop'],
  ])('%s already stays so by %s', async (state, name) => {
    const id = await startedCampaign(api, pageId, state);
    const again = await command(id, name);
    expect(again.status).toBe(200);
    expect(again.body['state']).toBe(state);
    expect(await signals(id)).toEqual([]);
  });

  it.each<[CampaignState, CampaignCommand]>([
    ['draft', 'pause'],
    ['draft', 'resume'],
    ['draft', 'stop'],
    ['paused', 'start'],
    ['ended', 'start'],
    ['ended', 'stop'],
    ['stopped', 'resume'],
    ['failed', 'pause'],
  ])('%s is not moved by %s: 409 with the state', async (state, name) => {
    const id = await startedCampaign(api, pageId, state);
    const refused = await command(id, name);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'CAMPAIGN.STATE', state });
    expect(await signals(id)).toEqual([]);
  });

  it.each<[CampaignState, CampaignCommand]>([
    ['draft', 'start'],
    ['paused', 'resume'],
  ])('%s past its end is not moved by %s: R-16', async (state, name) => {
    const id = await startedCampaign(api, pageId, state);
    await api.owner.getRepository(CampaignEntity).update({ id }, { endAt: inHours(-1) });
    const refused = await command(id, name);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ state, ruleId: 'R-16', facts: { endAt: expect.any(String) } });
  });

  describe('for an audience', () => {
    const audienceOf = async (campaignId: string): Promise<string[]> =>
      (await api.owner.getRepository(CampaignAudienceEntity).findBy({ campaignId }))
        .map(({ subscriberId }) => subscriberId)
        .sort();

    it('has everyone at its start and nobody later, of its own Page only', async () => {
      const ours = await connectedPage(api);
      const people = [await person(api, ours), await optedIn(api, ours)];
      await person(api, pageId);
      const { id } = (await draft(api, ours, { audience: { all: true } })).body;
      people.push(await person(api, ours));
      const started = await command(id, 'start');
      await person(api, ours);
      expect(started.body['counts']).toMatchObject({ audience: 3, queued: 0 });
      expect(await audienceOf(id)).toEqual(people.sort());
      await command(id, 'start');
      expect(await audienceOf(id)).toHaveLength(3);
    });

    it('has those of a topic, of a source, or those it names', async () => {
      const ours = await connectedPage(api);
      const topicId = await topic(api, ours);
      const [a, b, c] = [await optedIn(api, ours), await person(api, ours, { source: 'ctm' }), await person(api, ours)];
      await subscribed(api, a, topicId);
      const start = async (audience: unknown): Promise<string[]> => {
        const { id } = (await draft(api, ours, { audience })).body;
        await command(id, 'start');
        return audienceOf(id);
      };
      expect(await start({ topicId })).toEqual([a]);
      expect(await start({ source: 'ctm' })).toEqual([b]);
      expect(await start({ subscriberIds: [c.toUpperCase(), a] })).toEqual([a, c].sort());
    });

    it('says by a dry run what a start would do, counted by rule, and does nothing', async () => {
      const ours = await connectedPage(api, { country: 'US' });
      for (let index = 0; index < 4; index += 1) await optedIn(api, ours);
      await optedIn(api, ours, { paidSlotUntil: inHours(20) });
      await person(api, ours);
      await person(api, ours, { consent: 'revoked' });
      const budget = { type: 'lifetime', amountMinor: 350, currency: 'EUR' };
      const { id } = (await draft(api, ours, { audience: { all: true }, budget })).body;
      const dry = await api.post(`/v1/campaigns/${id}/start?dryRun=true`);
      expect(dry.status).toBe(200);
      expect(dry.body).toEqual({
        dryRun: true,
        audience: 7,
        send: 3,
        held: 1,
        refused: 2,
        beyondBudget: 1,
        byRule: { 'R-08': 1, 'R-11': 2, 'R-14': 1 },
      });
      expect((await api.get(`/v1/campaigns/${id}`)).body['state']).toBe('draft');
      expect(await audienceOf(id)).toEqual([]);
      expect((await api.post(`/v1/campaigns/${id}/start?dryRun=perhaps`)).status).toBe(400);
      await command(id, 'start');
      expect((await api.post(`/v1/campaigns/${id}/start?dryRun=true`)).status).toBe(409);
    });
  });

  it('started once however many calls race', async () => {
    const ours = await connectedPage(api);
    await person(api, ours);
    const { id } = (await draft(api, ours, { audience: { all: true } })).body;
    const answers = await Promise.all([1, 2, 3, 4].map(() => command(id, 'start')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await signals(id)).toEqual(['refresh']);
    expect(await api.owner.getRepository(SendEntity).countBy({ campaignId: id })).toBe(0);
    expect(await api.owner.getRepository(CampaignMessageEntity).countBy({ campaignId: id })).toBe(1);
  });
});
