import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from './api-under-test';

describe('An API key', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('opens what its scopes name', async () => {
    expect((await api.get('/v1/topics')).status).toBe(200);
  });

  it.each([
    ['missing', null, 'AUTH.KEY_MISSING'],
    ['no key of ours', 'nonsense', 'AUTH.KEY_INVALID'],
    ['unknown', `hrld_aaaaaaaaaaaa_${'A'.repeat(43)}`, 'AUTH.KEY_INVALID'],
  ])('that is %s is 401 with a challenge', async (_title, key, code) => {
    const answer = await api.get('/v1/topics', { key });
    expect(answer).toMatchObject({ status: 401, body: { code, status: 401, instance: '/v1/topics' } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="herald"/);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('with a known prefix and another secret is 401', async () => {
    const key = `${api.key.slice(0, -4)}AAAA`;
    expect((await api.get('/v1/topics', { key })).status).toBe(401);
  });

  it('without the scope is 403 and says which one is missing', async () => {
    const key = await api.otherKey({ workspaceId: api.workspaceId, scopes: ['read'] });
    expect((await api.get('/v1/topics', { key })).status).toBe(200);
    const refused = await api.post('/v1/topics', {}, { key });
    expect(refused).toMatchObject({ status: 403, body: { code: 'AUTH.SCOPE_MISSING' } });
    expect(refused.body.detail).toContain('write');
    expect((await api.get('/v1/api-keys', { key })).status).toBe(403);
  });

  it('that has expired by the wall clock is 401', async () => {
    const { body } = await api.post('/v1/api-keys', { name: 'short', scopes: ['read'] });
    await api.owner.query(`UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [body.id]);
    expect((await api.get('/v1/topics', { key: body.secret })).status).toBe(401);
  });

  it('comes before everything that is wrong with the body', async () => {
    const { status } = await api.post('/v1/topics', '{broken', { key: null });
    expect(status).toBe(401);
  });
});

describe('The keys of a workspace', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('are made with their secret shown once', async () => {
    const made = await api.post('/v1/api-keys', { name: 'shop', scopes: ['read', 'send'] });
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/api-keys/${made.body.id}`);
    expect(made.body).toMatchObject({ name: 'shop', scopes: ['read', 'send'], expiresAt: null });
    expect((await api.get('/v1/topics', { key: made.body.secret })).status).toBe(200);
    const { body } = await api.get('/v1/api-keys');
    expect(body.data.map(({ id }: { id: string }) => id)).toContain(made.body.id);
    expect(JSON.stringify(body)).not.toContain(made.body.secret);
  });

  it('open nothing once they are revoked', async () => {
    const { body } = await api.post('/v1/api-keys', { name: 'gone', scopes: ['read'] });
    expect((await api.get('/v1/topics', { key: body.secret })).status).toBe(200);
    expect((await api.delete(`/v1/api-keys/${body.id}`)).status).toBe(204);
    expect((await api.get('/v1/topics', { key: body.secret })).status).toBe(401);
    expect((await api.delete(`/v1/api-keys/${body.id}`)).status).toBe(404);
  });

  it.each([
    [{ scopes: ['read'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes'],
    [{ name: 'x', scopes: 'read' }, 'scopes'],
    [{ name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'x', scopes: ['read'], expiresAt: null }, 'expiresAt'],
    [{ name: 'x', scopes: ['read'], owner: 'me' }, 'owner'],
  ])('are not made from %j', async (body, field) => {
    const answer = await api.post('/v1/api-keys', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION.FIELD' } });
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});
