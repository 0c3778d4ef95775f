import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IdempotencyKeyEntity, TopicEntity } from '../../src/persistence/entities';
import { uuidV7 } from '../../src/security/uuid-v7';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';

describe('An Idempotency-Key', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let keys = 0;
  const fresh = (): Record<string, string> => ({ 'idempotency-key': `key ${++keys}` });
  const topic = (title = 'New arrivals') => ({ pageId, title, expectation: 'One message a week.' });
  const countTopics = (): Promise<number> => api.owner.getRepository(TopicEntity).count();

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  it('replays the answer with its status, body and location', async () => {
    const headers = fresh();
    const before = await countTopics();
    const first = await api.post('/v1/topics', topic(), { headers });
    const second = await api.post('/v1/topics', topic(), { headers });
    expect(first.status).toBe(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: first.headers['location'],
      'content-type': first.headers['content-type'],
    });
    expect(await countTopics()).toBe(before + 1);
  });

  it('replays that something is not there, also when it is there by then', async () => {
    const headers = fresh();
    const path = `/v1/campaigns/${uuidV7()}/start`;
    const first = await api.post(path, undefined, { headers });
    const second = await api.post(path, undefined, { headers });
    expect(first.status).toBe(404);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second).toMatchObject({ status: 404, body: first.body, headers: { 'idempotency-replayed': 'true' } });
  });

  it('replays what was done to something that is gone since', async () => {
    const headers = fresh();
    const gone = await connectedPage(api);
    const path = `/v1/pages/${gone}/sync-subscribers`;
    const first = await api.post(path, undefined, { headers });
    await api.owner.query('UPDATE pages SET disconnected_at = now() WHERE id = $1', [gone]);
    expect((await api.post(path)).status).toBe(404);
    expect(await api.post(path, undefined, { headers })).toMatchObject({ status: 202, body: first.body });
  });

  it('replays that a scope is missing, and shows a key without it no answer of another', async () => {
    const headers = fresh();
    const reader = await api.otherKey({ workspaceId: api.workspaceId, scopes: ['read'] });
    const refused = await api.post('/v1/topics', topic(), { headers, key: reader });
    expect(refused).toMatchObject({ status: 403, body: { code: 'AUTH.SCOPE_MISSING' } });
    const again = await api.post('/v1/topics', topic(), { headers, key: reader });
    expect(again).toMatchObject({ status: 403, headers: { 'idempotency-replayed': 'true' } });
    const others = fresh();
    expect((await api.post('/v1/topics', topic(), { headers: others })).status).toBe(201);
    const curious = await api.post('/v1/topics', topic(), { headers: others, key: reader });
    expect(curious).toMatchObject({ status: 403, body: { code: 'AUTH.SCOPE_MISSING' } });
  });

  it('refuses another body with 422', async () => {
    const headers = fresh();
    await api.post('/v1/topics', topic(), { headers });
    const other = await api.post('/v1/topics', topic('Sale'), { headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY.OTHER_BODY' } });
  });

  it('compares the bytes of the body, also of one that cannot be read', async () => {
    const headers = fresh();
    const broken = await api.post('/v1/topics', '{"pageId":', { headers });
    expect(broken.status).toBe(400);
    const again = await api.post('/v1/topics', '{"pageId":', { headers });
    expect(again).toMatchObject({ status: 400, body: broken.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await api.post('/v1/topics', topic(), { headers })).status).toBe(422);
  });

  it('replays a refusal as problem+json', async () => {
    const headers = fresh();
    const first = await api.post('/v1/topics', { ...topic(), title: '' }, { headers });
    const second = await api.post('/v1/topics', { ...topic(), title: '' }, { headers });
    expect(first.status).toBe(422);
    expect(second).toMatchObject({ status: 422, body: first.body });
    expect(second.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('belongs to one workspace, method and path', async () => {
    const headers = fresh();
    const otherKey = await api.otherKey();
    await api.post('/v1/topics', topic(), { headers });
    const foreign = await api.post('/v1/topics', topic(), { headers, key: otherKey });
    expect(foreign.status).toBe(422);
    expect(foreign.body.code).toBe('VALIDATION.FIELD');
    const path = await api.post('/v1/api-keys', { name: 'x', scopes: ['read'] }, { headers });
    expect(path.status).toBe(201);
  });

  it('lets one of many requests at a time through', async () => {
    const headers = fresh();
    const before = await countTopics();
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.post('/v1/topics', topic(), { headers })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    expect(statuses).toContain(201);
    for (const { status, headers: sent, body } of answers) {
      if (status === 409)
        expect({ after: sent['retry-after'], code: body.code }).toEqual({ after: '1', code: 'IDEMPOTENCY.RUNNING' });
    }
    expect(await countTopics()).toBe(before + 1);
    expect((await api.post('/v1/topics', topic(), { headers })).status).toBe(201);
    expect(await countTopics()).toBe(before + 1);
  });

  it('whose run died is taken over after 30 s, and not before', async () => {
    const headers = fresh();
    await api.post('/v1/topics', topic(), { headers });
    const abandon = (age: string): Promise<unknown> =>
      api.owner.query(
        `UPDATE idempotency_keys SET status = NULL, answer_sealed = NULL, renewed_at = now() - $2::interval WHERE key = $1`,
        [headers['idempotency-key'], age],
      );
    await abandon('20 seconds');
    expect((await api.post('/v1/topics', topic(), { headers })).status).toBe(409);
    await abandon('31 seconds');
    expect((await api.post('/v1/topics', topic('Other'), { headers })).status).toBe(422);
    const answer = await api.post('/v1/topics', topic(), { headers });
    expect(answer.status).toBe(201);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  it('is free again after 24 hours', async () => {
    const headers = fresh();
    await api.post('/v1/topics', topic(), { headers });
    await api.owner.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1`, [
      headers['idempotency-key'],
    ]);
    const answer = await api.post('/v1/topics', topic('Sale'), { headers });
    expect(answer).toMatchObject({ status: 201, body: { title: 'Sale' } });
  });

  it('is not used up by 401 and 5xx, and nothing of a failed run stays', async () => {
    const headers = fresh();
    expect((await api.post('/v1/topics', topic(), { headers, key: null })).status).toBe(401);
    const before = await countTopics();
    await api.owner.query(`ALTER TABLE topics ADD CONSTRAINT broken CHECK (title <> 'Broken') NOT VALID`);
    const failed = await api.post('/v1/topics', topic('Broken'), { headers });
    expect(failed).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(failed.text).not.toContain('constraint');
    await api.owner.query('ALTER TABLE topics DROP CONSTRAINT broken');
    expect((await api.post('/v1/topics', topic('Broken'), { headers })).status).toBe(201);
    expect(await countTopics()).toBe(before + 1);
  });

  it.each([
    ['', 400],
    ['é', 400],
    ['a'.repeat(256), 400],
    ['a'.repeat(255), 201],
  ])('of the form %j is answered with %i', async (key, status) => {
    const answer = await api.post('/v1/topics', topic(), { headers: { 'idempotency-key': key } });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.code).toBe('IDEMPOTENCY.KEY_UNREADABLE');
  });

  it('keeps the stored answer encrypted', async () => {
    const headers = fresh();
    const made = await api.post('/v1/api-keys', { name: 'secret key', scopes: ['read'] }, { headers });
    const row = await api.owner
      .getRepository(IdempotencyKeyEntity)
      .findOneByOrFail({ key: headers['idempotency-key'] ?? '' });
    expect(row.answerSealed?.includes(made.body.secret)).toBe(false);
    const again = await api.post('/v1/api-keys', { name: 'secret key', scopes: ['read'] }, { headers });
    expect(again.body.secret).toBe(made.body.secret);
  });
});
