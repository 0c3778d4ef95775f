import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CampaignEntity, SendEntity, WaitEntity } from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { draft, startedCampaign } from './campaigns';
import { connectedPage } from './fixtures';
import { inHours, optedIn, person } from './people';

describe('A message', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api, { country: 'US' });
  });
  afterAll(() => api.stop());

  const hello = { content: { text: 'Your order is on its way.' }, purpose: 'transactional' };

  it('inside the window is taken; its workflow owes the sending', async () => {
    const subscriberId = await person(api, pageId, { windowUntil: inHours(5) });
    const made = await api.post('/v1/messages', { subscriberId, ...hello });
    expect(made.status).toBe(202);
    expect(made.headers['location']).toBe(`/v1/messages/${made.body.id}`);
    expect(made.body).toEqual({
      id: expect.any(String),
      subscriberId,
      messageId: expect.any(String),
      state: 'queued',
      lane: 'window',
    });
    expect((await api.get(`/v1/messages/${made.body.id}`)).body).toEqual(made.body);
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: subscriberId })).toMatchObject({
      wakeSeq: 1,
    });
  });

  it('outside the window is refused with R-32, and the refusal is recorded', async () => {
    const subscriberId = await person(api, pageId);
    const refused = await api.post('/v1/messages', { subscriberId, ...hello, whenSlotTaken: 'refuse' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'RULE.REFUSED',
      ruleId: 'R-32',
      state: 'refused',
      facts: expect.any(Object),
    });
    const recorded = await api.get(`/v1/messages/${refused.body.id}`);
    expect(recorded.body).toMatchObject({ subscriberId, state: 'refused', ruleId: 'R-32' });
  });

  it('that a campaign pays is a row of that campaign', async () => {
    const campaignId = await startedCampaign(api, pageId, 'active');
    const subscriberId = await optedIn(api, pageId);
    const made = await api.post('/v1/messages', { subscriberId, campaignId, ...hello });
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({ lane: 'paid', campaignId, state: 'queued' });
    const { data } = (await api.get(`/v1/campaigns/${campaignId}/recipients`)).body;
    expect(data.map(({ id }) => id)).toEqual([made.body.id]);
  });

  it('whose slot is taken is held until it opens, or refused with R-08 and that moment', async () => {
    const campaignId = await startedCampaign(api, pageId, 'active');
    const slot = inHours(6);
    const subscriberId = await optedIn(api, pageId, { paidSlotUntil: slot });
    const paid = { subscriberId, campaignId, ...hello };
    const held = await api.post('/v1/messages', { ...paid, whenSlotTaken: 'hold' });
    expect(held.status).toBe(202);
    expect(held.body).toMatchObject({ state: 'held', ruleId: 'R-08', allowedAt: slot.toISOString() });
    const refused = await api.post('/v1/messages', { ...paid, whenSlotTaken: 'refuse' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ ruleId: 'R-08', allowedAt: slot.toISOString() });
  });

  it.each([
    ['a draft', 'draft', {}, undefined],
    ['a stopped campaign', 'stopped', {}, undefined],
    ['a campaign whose schedule has ended', 'active', { endAt: inHours(-1) }, 'R-16'],
  ] as const)('of %s is 409 with the state, and leaves nothing', async (_case, state, row, ruleId) => {
    const campaignId = await startedCampaign(api, pageId, state);
    await api.owner.getRepository(CampaignEntity).update({ id: campaignId }, { state, ...row });
    const subscriberId = await optedIn(api, pageId);
    const refused = await api.post('/v1/messages', { subscriberId, campaignId, ...hello });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'CAMPAIGN.STATE', state });
    expect(refused.body['ruleId']).toBe(ruleId);
    expect(await api.owner.getRepository(SendEntity).countBy({ subscriberId })).toBe(0);
  });

  it.each([
    ['nobody', { subscriberId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'subscriberId'],
    ['no content', { content: undefined }, 'content'],
    ['a content that is a text', { content: 'hello' }, 'content'],
    ['a content that Meta would refuse', { content: { text: '' } }, 'content.text'],
    ['a purpose that is none', { purpose: 'fun' }, 'purpose'],
    ['a lane of later', { lane: 'utility' }, 'lane'],
    ['lane paid without a campaign', { lane: 'paid' }, 'campaignId'],
    ['a campaign that is not there', { campaignId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'campaignId'],
    ['an allowance that is no boolean', { allowPaid: 'yes' }, 'allowPaid'],
    ['a word that is none', { whenSlotTaken: 'perhaps' }, 'whenSlotTaken'],
  ])('to or with %s is refused, naming the field', async (_case, wrong, field) => {
    const subscriberId = await person(api, pageId, { windowUntil: inHours(5) });
    const refused = await api.post('/v1/messages', { subscriberId, ...hello, ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect(await api.owner.getRepository(SendEntity).countBy({ subscriberId })).toBe(0);
  });

  it('of a lane of later versions is refused with that reason', async () => {
    const subscriberId = await person(api, pageId);
    const refused = await api.post('/v1/messages', { subscriberId, ...hello, lane: 'tag' });
    expect(refused.body.errors[0]?.reason).toContain('not available in this version');
  });

  it('cannot be paid by a campaign of another Page', async () => {
    const campaignId = (await draft(api, await connectedPage(api))).body.id;
    const subscriberId = await person(api, pageId);
    const refused = await api.post('/v1/messages', { subscriberId, campaignId, ...hello });
    expect(refused.body.errors.map((error) => error.field)).toEqual(['campaignId']);
  });

  it('of another workspace is not there', async () => {
    const subscriberId = await person(api, pageId, { windowUntil: inHours(5) });
    const { id } = (await api.post('/v1/messages', { subscriberId, ...hello })).body;
    expect((await api.get(`/v1/messages/${id}`, { key: await api.otherKey() })).status).toBe(404);
    expect((await api.get(`/v1/messages/${subscriberId}`)).status).toBe(404);
  });
});
