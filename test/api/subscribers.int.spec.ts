import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutboxEntity, SubscriberEntity, SubscriberIdentityEntity, WaitEntity } from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';
import { inHours, optedIn, person, subscribed, topic } from './people';

describe('A subscriber', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let next = 7_351_000_000;
  const request = () => ({
    pageId,
    psid: String(next++),
    externalId: `customer-${next}`,
    email: `ada-${next}@example.com`,
    phone: `+39 02 ${next}`,
    tags: ['vip'],
    timeZone: 'Europe/Rome',
  });

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  it('is registered with what a shop knows, nothing of it in clear', async () => {
    const body = request();
    const made = await api.post('/v1/subscribers', body);
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/subscribers/${made.body.id}`);
    expect(made.body).toEqual({
      id: expect.any(String),
      metaPageId: expect.any(String),
      ...body,
      consent: 'none',
      source: 'wrote',
      topics: [],
      workflowId: `subscriber/${pageId}/${made.body.id}`,
      temporalUrl: `http://127.0.0.1:8233/namespaces/herald/workflows/subscriber%2F${pageId}%2F${made.body.id}`,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const stored = JSON.stringify([
      await api.owner.getRepository(SubscriberEntity).findOneBy({ id: made.body.id }),
      await api.owner.getRepository(SubscriberIdentityEntity).findBy({ subscriberId: made.body.id }),
    ]);
    for (const secret of [body.psid, body.email, body.phone]) expect(stored).not.toContain(secret);
  });

  it('is listed no more once their Page is disconnected', async () => {
    const gone = await connectedPage(api);
    const { body } = await api.post('/v1/subscribers', { pageId: gone, psid: String(next++) });
    const ids = async () => (await api.get('/v1/subscribers?limit=200')).body.data.map(({ id }) => id);
    expect(await ids()).toContain(body.id);
    await api.owner.query('UPDATE pages SET disconnected_at = now() WHERE id = $1', [gone]);
    expect(await ids()).not.toContain(body.id);
    expect((await api.get(`/v1/subscribers?pageId=${gone}`)).body.data).toEqual([]);
  });

  it('who is known by the PSID is answered with 200 and takes over the fields', async () => {
    const body = request();
    const first = await api.post('/v1/subscribers', { pageId, psid: body.psid });
    const again = await api.post('/v1/subscribers', body);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toMatchObject({ id: first.body.id, externalId: body.externalId });
  });

  it.each([
    ['a Page that is not there', { pageId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'pageId'],
    ['a PSID that is a number', { psid: 7351 }, 'psid'],
    ['an e-mail address that is none', { email: 'ada' }, 'email'],
    ['a phone number that is none', { phone: 'call me' }, 'phone'],
    ['a tag named twice', { tags: ['vip', 'vip'] }, 'tags'],
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['a field that is none', { firstName: 'Ada' }, 'firstName'],
  ])('with %s is refused, naming the field', async (_case, wrong, field) => {
    const { psid } = request();
    const refused = await api.post('/v1/subscribers', { pageId, psid, ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect((await api.get(`/v1/subscribers?psid=${psid}`)).body.data).toEqual([]);
  });

  it('cannot take an identity of another person at the Page', async () => {
    const { externalId } = (await api.post('/v1/subscribers', request())).body;
    const refused = await api.post('/v1/subscribers', { ...request(), externalId });
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([{ field: 'externalId', reason: 'belongs to another person at this Page' }]);
  });

  it('shows who they are only to a key that may see it', async () => {
    const { id } = (await api.post('/v1/subscribers', request())).body;
    const key = await api.otherKey({ workspaceId: api.workspaceId, scopes: ['read'] });
    const { body } = await api.get(`/v1/subscribers/${id}`, { key });
    expect(Object.keys(body)).toEqual(expect.not.arrayContaining(['psid', 'email', 'phone']));
    expect(body['externalId']).toEqual(expect.any(String));
  });

  it.each(['psid', 'externalId', 'email', 'phone'] as const)('is found by %s, exactly', async (field) => {
    const body = request();
    const { id } = (await api.post('/v1/subscribers', body)).body;
    await api.post('/v1/subscribers', request());
    const found = await api.get(`/v1/subscribers?${field}=${encodeURIComponent(body[field])}`);
    expect(found.body.data.map((one) => one.id)).toEqual([id]);
    expect(found.body.nextCursor).toBeNull();
  });

  it('is found by tag, consent, topic, source and Page', async () => {
    const other = await connectedPage(api);
    const topicId = await topic(api, other);
    const id = await optedIn(api, other, { source: 'ctm' });
    await subscribed(api, id, topicId);
    await api.patch(`/v1/subscribers/${id}`, { tags: ['gold'] });
    await person(api, other);
    for (const filter of ['tag=gold', 'consent=granted', `topicId=${topicId}`, 'source=ctm']) {
      const found = await api.get(`/v1/subscribers?pageId=${other}&${filter}`);
      expect(found.body.data).toEqual([
        expect.objectContaining({ id, topics: [expect.objectContaining({ topicId })] }),
      ]);
    }
    const { metaPageId } = (await api.get(`/v1/subscribers/${id}`)).body;
    expect((await api.get(`/v1/subscribers?metaPageId=${String(metaPageId)}`)).body.data).toHaveLength(2);
  });

  it('is listed once, whatever the parts of the list', async () => {
    const other = await connectedPage(api);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await person(api, other));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await api.get(`/v1/subscribers?pageId=${other}&limit=2${at}`);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it.each(['limit=0', 'limit=x', 'cursor=nonsense', 'consent=maybe', 'pageId=x', 'colour=red', 'psid=%00'])(
    'is not listed by a query that cannot be read: %s',
    async (query) => {
      const refused = await api.get(`/v1/subscribers?${query}`);
      expect(refused.status).toBe(400);
      expect(refused.body.errors[0]?.field).toBe(query.split('=')[0]);
    },
  );

  it('is changed field by field; null removes', async () => {
    const { id, ...before } = (await api.post('/v1/subscribers', request())).body;
    const changed = await api.patch(`/v1/subscribers/${id}`, { email: null, tags: ['new'], timeZone: 'Asia/Tokyo' });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ externalId: before['externalId'], tags: ['new'], timeZone: 'Asia/Tokyo' });
    expect(changed.body).not.toHaveProperty('email');
  });

  it.each([
    ['the PSID', { psid: '1' }, 'psid'],
    ['the Page', { pageId: '019ab0c4-7c00-7000-8000-0000000000ff' }, 'pageId'],
  ])('keeps %s', async (_case, change, field) => {
    const { id } = (await api.post('/v1/subscribers', request())).body;
    const refused = await api.patch(`/v1/subscribers/${id}`, { ...change, tags: ['changed'] });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect((await api.get(`/v1/subscribers/${id}`)).body['tags']).toEqual(['vip']);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['POST', '/wake'],
    ['GET', '/timeline'],
    ['GET', '/eligibility'],
    ['POST', '/opt-out'],
  ] as const)('of another workspace is not there: %s %s, whatever the body', async (method, path) => {
    const key = await api.otherKey();
    const id = await person(api, pageId);
    const body = method === 'GET' ? undefined : '{broken';
    expect((await api.call(method, `/v1/subscribers/${id}${path}`, { key, body })).status).toBe(404);
    expect((await api.call(method, `/v1/subscribers/nobody${path}`, { body })).status).toBe(404);
  });

  it('gets a workflow when woken', async () => {
    const id = await person(api, pageId);
    const woken = await api.post(`/v1/subscribers/${id}/wake`);
    expect(woken.status).toBe(200);
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: id })).toMatchObject({ wakeSeq: 1 });
  });

  it('who opts out is revoked at once, Meta is told from the outbox, and the proof stands in the timeline', async () => {
    const id = await optedIn(api, pageId);
    const left = await api.post(`/v1/subscribers/${id}/opt-out`);
    expect(left.status).toBe(200);
    expect(left.body).toMatchObject({ consent: 'revoked', topics: [] });
    const owed = await api.owner.getRepository(OutboxEntity).findBy({ ownerId: id, kind: 'unsubscribe' });
    expect(owed).toHaveLength(1);
    await api.owner.getRepository(OutboxEntity).update({ id: owed[0]?.id ?? '' }, { lastError: 'code 190' });
    const { data } = (await api.get(`/v1/subscribers/${id}/timeline`)).body;
    expect(data).toEqual([
      expect.objectContaining({ kind: 'opted_out', source: 'api', through: 'api', applied: true }),
      expect.objectContaining({ kind: 'unsubscribe_failed', source: 'graph', detail: 'code 190' }),
    ]);
    const { body } = await api.get(`/v1/subscribers/${id}/eligibility`);
    expect(body).toMatchObject({ allowed: false, lane: null });
  });

  it('is eligible by the record: which lane, why not, and from when', async () => {
    const slot = inHours(3);
    const inTheStates = await connectedPage(api, { country: 'US' });
    const id = await optedIn(api, inTheStates, { paidSlotUntil: slot });
    const now = await api.get(`/v1/subscribers/${id}/eligibility?content=promotional`);
    expect(now.body).toMatchObject({ content: 'promotional', allowed: false, lane: null });
    expect(now.body['decisions']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ lane: 'window', allowed: false, ruleId: 'R-32' }),
        expect.objectContaining({ lane: 'paid', allowed: false, ruleId: 'R-08', allowedAt: slot.toISOString() }),
      ]),
    );
    const later = await api.get(`/v1/subscribers/${id}/eligibility?at=${encodeURIComponent(inHours(4).toISOString())}`);
    expect(later.body).toMatchObject({ allowed: true, lane: 'paid' });
  });

  it.each(['content=nothing', 'at=tomorrow', 'at=2026-02-30T00:00:00Z', 'at=2026-11-22T09:00:00'])(
    'is not judged by a query that cannot be read: %s',
    async (query) => {
      const id = await person(api, pageId);
      expect((await api.get(`/v1/subscribers/${id}/eligibility?${query}`)).status).toBe(400);
    },
  );
});
