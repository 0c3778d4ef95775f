import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TopicEntity } from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';

describe('A topic', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  const whole = () => ({
    pageId,
    title: 'New arrivals',
    imageUrl: 'https://shop.example/new.png',
    imageAspectRatio: 'SQUARE',
    expectation: 'One message a week.',
    kinds: ['arrivals', 'offers'],
    ctaText: 'SIGN_UP',
    payload: 'arrivals',
  });

  it('is made, shown, listed, changed and deleted', async () => {
    const made = await api.post('/v1/topics', whole());
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/topics/${made.body.id}`);
    expect(made.body).toMatchObject(whole());
    expect(await api.get(`/v1/topics/${made.body.id}`)).toMatchObject({ status: 200, body: made.body });
    expect((await api.get(`/v1/topics?pageId=${pageId}`)).body).toEqual({ data: [made.body], nextCursor: null });

    const changed = await api.patch(`/v1/topics/${made.body.id}`, { title: '  NEW   Arrivals ', imageUrl: null });
    expect(changed).toMatchObject({ status: 200, body: { ...whole(), title: '  NEW   Arrivals ', imageUrl: null } });
    const row = await api.owner.getRepository(TopicEntity).findOneByOrFail({ id: made.body.id });
    expect(row.titleKey).toBe('new arrivals');

    expect((await api.delete(`/v1/topics/${made.body.id}`)).status).toBe(204);
    expect((await api.get(`/v1/topics/${made.body.id}`)).status).toBe(404);
    expect((await api.patch(`/v1/topics/${made.body.id}`, {})).status).toBe(404);
    expect((await api.delete(`/v1/topics/${made.body.id}`)).status).toBe(404);
    expect((await api.get(`/v1/topics?pageId=${pageId}`)).body.data).toEqual([]);
  });

  it('needs no more than Page, title and expectation', async () => {
    const made = await api.post('/v1/topics', { pageId, title: 'Sale', expectation: 'x' });
    expect(made).toMatchObject({
      status: 201,
      body: { imageUrl: null, imageAspectRatio: null, kinds: [], ctaText: null, payload: null },
    });
  });

  it.each([
    [{ title: '' }, 'title'],
    [{ title: 'x'.repeat(66) }, 'title'],
    [{ title: 5 }, 'title'],
    [{ imageUrl: 'javascript:alert(1)' }, 'imageUrl'],
    [{ imageAspectRatio: 'ROUND' }, 'imageAspectRatio'],
    [{ expectation: null }, 'expectation'],
    [{ kinds: ['gossip'] }, 'kinds'],
    [{ kinds: ['offers', 'offers'] }, 'kinds'],
    [{ kinds: null }, 'kinds'],
    [{ ctaText: 'Click here' }, 'ctaText'],
    [{ payload: 'x'.repeat(501) }, 'payload'],
    [{ pageId: '019ab0c4-7c00-7000-8000-000000000001' }, 'pageId'],
  ])('is not made with %j', async (wrong, field) => {
    const answer = await api.post('/v1/topics', { ...whole(), ...wrong });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it.each([
    [{ title: null }, 'title'],
    [{ pageId: '019ab0c4-7c00-7000-8000-000000000001' }, 'pageId'],
    [{ kinds: 'offers' }, 'kinds'],
  ])('is not changed to %j', async (wrong, field) => {
    const { body } = await api.post('/v1/topics', whole());
    const answer = await api.patch(`/v1/topics/${body.id}`, wrong);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
    expect((await api.get(`/v1/topics/${body.id}`)).body).toEqual(body);
  });
});

describe('A list', () => {
  let api: ApiUnderTest;
  const made: string[] = [];
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    const pageId = await connectedPage(api);
    for (let n = 1; n <= 60; n += 1) {
      made.push((await api.post('/v1/topics', { pageId, title: `Topic ${n}`, expectation: 'x' })).body.id);
    }
  });
  afterAll(() => api.stop());

  const walk = async (limit: number): Promise<{ ids: string[]; parts: number }> => {
    const ids: string[] = [];
    let parts = 0;
    for (let cursor: string | null = ''; cursor !== null; parts += 1) {
      const { body } = await api.get(`/v1/topics?limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }
    return { ids, parts };
  };

  it.each([
    [1, 60],
    [7, 9],
    [20, 3],
    [60, 1],
    [200, 1],
  ])('comes %i at a time, each entry once, in %i parts', async (limit, parts) => {
    expect(await walk(limit)).toEqual({ ids: made, parts });
  });

  it('has 50 entries unless told otherwise', async () => {
    const { body } = await api.get('/v1/topics');
    expect(body.data).toHaveLength(50);
    expect(body.nextCursor).toEqual(expect.any(String));
  });
});
