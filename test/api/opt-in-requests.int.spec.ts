import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OptInRequestEntity, SubscriberEntity, WaitEntity } from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';
import { inHours, person, topic } from './people';

describe('An opt-in request', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let topicId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
    topicId = await topic(api, pageId);
  });
  afterAll(() => api.stop());

  it('inside the open window is taken, and its workflow owes the asking', async () => {
    const subscriberId = await person(api, pageId, { windowUntil: inHours(10) });
    const made = await api.post('/v1/opt-in-requests', { topicId, subscriberId });
    expect(made.status).toBe(202);
    expect(made.headers['location']).toBe(`/v1/opt-in-requests/${made.body.id}`);
    expect(made.body).toEqual({
      id: expect.any(String),
      subscriberId,
      topicId,
      state: 'waiting',
      requestedAt: expect.any(String),
      workflowId: `subscriber/${pageId}/${subscriberId}`,
    });
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: subscriberId })).toMatchObject({
      wakeSeq: 1,
    });
    expect((await api.get(`/v1/opt-in-requests/${made.body.id}`)).body).toEqual(made.body);
  });

  it('outside the window is refused with R-01, and the refusal is recorded', async () => {
    const subscriberId = await person(api, pageId);
    const refused = await api.post('/v1/opt-in-requests', { topicId, subscriberId, whenNotAllowed: 'refuse' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'RULE.REFUSED',
      id: expect.any(String),
      state: 'refused',
      ruleId: 'R-01',
      facts: { windowUntil: null },
    });
    const { body } = await api.get(`/v1/opt-in-requests?subscriberId=${subscriberId}`);
    expect(body.data).toEqual([expect.objectContaining({ id: refused.body.id, state: 'refused', ruleId: 'R-01' })]);
  });

  it('a refusal is recorded once for one Idempotency-Key, and replayed', async () => {
    const subscriberId = await person(api, pageId);
    const headers = { 'idempotency-key': 'refused-once' };
    const first = await api.post('/v1/opt-in-requests', { topicId, subscriberId }, { headers });
    const again = await api.post('/v1/opt-in-requests', { topicId, subscriberId }, { headers });
    expect([first.status, again.status]).toEqual([422, 422]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await api.owner.getRepository(OptInRequestEntity).countBy({ subscriberId })).toBe(1);
  });

  it('for the same title within a week is refused with R-03 and the moment it would be allowed', async () => {
    const subscriberId = await person(api, pageId, { windowUntil: inHours(10) });
    const { id } = (await api.post('/v1/opt-in-requests', { topicId, subscriberId })).body;
    const askedAt = inHours(-1);
    await api.owner.getRepository(OptInRequestEntity).update({ id }, { state: 'asked', askedAt });
    const refused = await api.post('/v1/opt-in-requests', { topicId, subscriberId });
    expect(refused.status).toBe(422);
    const allowedAt = new Date(askedAt.getTime() + 7 * 24 * 3_600_000).toISOString();
    expect(refused.body).toMatchObject({ ruleId: 'R-03', allowedAt, facts: { lastAskedAt: askedAt.toISOString() } });
  });

  it('waits when it is told to', async () => {
    const subscriberId = await person(api, pageId);
    const made = await api.post('/v1/opt-in-requests', { topicId, subscriberId, whenNotAllowed: 'wait' });
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({ state: 'waiting', ruleId: 'R-01' });
    expect(made.body).not.toHaveProperty('allowedAt');
  });

  it('names a person by PSID, known or not', async () => {
    const body = { topicId, psid: '7351004321', whenNotAllowed: 'wait' };
    const made = await api.post('/v1/opt-in-requests', body);
    expect(made.status).toBe(202);
    const found = await api.get('/v1/subscribers?psid=7351004321');
    expect(found.body.data.map(({ id }) => id)).toEqual([made.body['subscriberId']]);
    expect(await api.owner.getRepository(SubscriberEntity).existsBy({ id: String(made.body['subscriberId']) })).toBe(
      true,
    );
  });

  it.each([
    ['no topic', { topicId: undefined }, 'topicId'],
    ['a topic that is not there', { topicId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'topicId'],
    ['nobody named', { subscriberId: undefined }, 'subscriberId'],
    ['two names', { psid: '7351' }, 'subscriberId'],
    ['somebody who is not there', { subscriberId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'subscriberId'],
    ['a word that is none', { whenNotAllowed: 'perhaps' }, 'whenNotAllowed'],
  ])('with %s is refused, naming the field', async (_case, wrong, field) => {
    const subscriberId = await person(api, pageId);
    const refused = await api.post('/v1/opt-in-requests', { topicId, subscriberId, ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect(await api.owner.getRepository(OptInRequestEntity).countBy({ subscriberId })).toBe(0);
  });

  it('of a person at another Page is refused', async () => {
    const subscriberId = await person(api, await connectedPage(api));
    expect((await api.post('/v1/opt-in-requests', { topicId, subscriberId })).status).toBe(422);
  });

  it('is listed by person, topic, Page and state, and not to another workspace', async () => {
    const other = await connectedPage(api);
    const otherTopic = await topic(api, other);
    const subscriberId = await person(api, other);
    const wait = { topicId: otherTopic, subscriberId, whenNotAllowed: 'wait' };
    const { id } = (await api.post('/v1/opt-in-requests', wait)).body;
    await api.post('/v1/opt-in-requests', { topicId: otherTopic, subscriberId });
    for (const filter of [`topicId=${otherTopic}&state=waiting`, `pageId=${other}&state=waiting`]) {
      const { body } = await api.get(`/v1/opt-in-requests?${filter}`);
      expect(body.data.map((request) => request.id)).toEqual([id]);
    }
    const key = await api.otherKey();
    expect((await api.get(`/v1/opt-in-requests?pageId=${other}`, { key })).body.data).toEqual([]);
    expect((await api.get(`/v1/opt-in-requests/${id}`, { key })).status).toBe(404);
  });
});
