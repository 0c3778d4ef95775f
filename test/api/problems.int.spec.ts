import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { Method } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { createTestDatabase } from '../support/database';
import { connectedPage } from './fixtures';

describe('A request that cannot be carried out', () => {
  let api: ApiUnderTest;
  let pageId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
  });
  afterAll(() => api.stop());

  it('is answered as application/problem+json with a stable code', async () => {
    const answer = await api.post('/v1/topics', { pageId, title: 'x'.repeat(66), expectation: 'Much.' });
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: 'urn:herald:problem:VALIDATION.FIELD',
      title: 'A field is wrong',
      status: 422,
      code: 'VALIDATION.FIELD',
      detail: 'Correct the fields named in errors.',
      instance: '/v1/topics',
      errors: [{ field: 'title', reason: 'must have at most 65 characters' }],
    });
  });

  it('names its address with ids of ours, and nothing else that stood in their place', async () => {
    const ours = `/v1/subscribers/${uuidV7()}`;
    expect((await api.get(ours)).body).toMatchObject({ status: 404, instance: ours });
    const psid = await api.get('/v1/subscribers/7351004321/timeline?limit=5');
    expect(psid.body).toMatchObject({ status: 404, instance: '/v1/subscribers/{id}/timeline' });
    const nowhere = await api.get('/v1/ada@example.com');
    expect({ status: nowhere.status, instance: nowhere.body['instance'] }).toEqual({ status: 404 });
  });

  it('names every wrong field, also one that is no field', async () => {
    const { body } = await api.post('/v1/topics', { pageId: 'x', kinds: ['nothing'], surprise: 1 });
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect([...new Set(fields)].sort()).toEqual(['expectation', 'kinds', 'pageId', 'surprise', 'title']);
  });

  it.each([
    ['no JSON', '{"pageId":'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a key that would reach a prototype', '{"__proto__":{"x":1}}'],
  ])('because its body is %s is 400', async (_title, body) => {
    const answer = await api.post('/v1/topics', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BODY.UNREADABLE', errors: [{ field: 'body' }] } });
  });

  it.each([
    ['a list', []],
    ['text', '"text"'],
    ['a number', '5'],
  ])('because its body is %s is 422', async (_title, body) => {
    const answer = await api.post('/v1/topics', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'body' }] } });
  });

  it.each([['null'], ['']])('because its body %j has no field is 422 and names them', async (body) => {
    const answer = await api.post('/v1/topics', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.length).toBeGreaterThan(2);
  });

  it('because it holds what no column can is 422', async () => {
    const nul = await api.post('/v1/topics', { pageId, title: 'a\u0000b', expectation: 'x' });
    expect(nul).toMatchObject({ status: 422, body: { errors: [{ field: 'title' }] } });
    const deep = await api.post('/v1/topics', `{"kinds":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    expect(deep).toMatchObject({ status: 422, body: { code: 'VALIDATION.FIELD' } });
  });

  it('because its body is too large is 413', async () => {
    const answer = await api.post('/v1/topics', { title: 'x'.repeat(1024 * 1024) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY.TOO_LARGE' } });
  });

  it('because its body is far too large is 413 and no reset of the connection', async () => {
    await api.app.listen(0, '127.0.0.1');
    const answer = await fetch(`${await api.app.getUrl()}/webhooks/meta`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'x'.repeat(32 * 1024 * 1024),
    });
    expect(answer.status).toBe(413);
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/x-ndjson']])(
    'because its content type is %s is 415',
    async (type) => {
      const answer = await api.call('POST', '/v1/topics', { body: 'a=b', headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 415, body: { code: 'BODY.TYPE_UNSUPPORTED' } });
    },
  );

  it.each<[Method, string]>([
    ['GET', '/v1/nothing'],
    ['GET', '/nothing'],
    ['PUT', '/v1/topics'],
    ['POST', '/v1/webhook-endpoints'],
    ['GET', '/v1/rules/R-99'],
  ])('because %s %s is no address is 404', async (method, url) => {
    expect(await api.call(method, url)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', status: 404 } });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=WzFd', 'cursor'],
    ['cursor=', 'cursor'],
    ['pageId=x', 'pageId'],
    ['pageID=x', 'pageID'],
    ['pageId=%00', 'pageId'],
  ])('because its query is %s is 400', async (query, field) => {
    const answer = await api.get(`/v1/topics?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'QUERY.UNREADABLE', errors: [{ field }] } });
  });

  it('because its address cannot be decoded is 400 and quotes nothing', async () => {
    const answer = await api.get('/v1/topics/%E0%A4%A');
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST.UNREADABLE' } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.text).not.toContain('%E0');
  });

  it('has an id for the log', async () => {
    const { headers } = await api.get('/v1/nothing');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('An id', () => {
  let api: ApiUnderTest;
  let foreignKey: string;
  let pageId: string;
  let topicId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    foreignKey = await api.otherKey();
    pageId = await connectedPage(api);
    topicId = (await api.post('/v1/topics', { pageId, title: 'New arrivals', expectation: 'Weekly.' })).body.id;
  });
  afterAll(() => api.stop());

  const paths = (id: string): [Method, string][] => [
    ['GET', `/v1/topics/${id}`],
    ['PATCH', `/v1/topics/${id}`],
    ['DELETE', `/v1/topics/${id}`],
    ['GET', `/v1/pages/${id}`],
    ['PATCH', `/v1/pages/${id}`],
    ['DELETE', `/v1/pages/${id}`],
    ['POST', `/v1/pages/${id}/sync-subscribers`],
    ['GET', `/v1/pages/${id}/sync-subscribers/${id}`],
    ['DELETE', `/v1/api-keys/${id}`],
  ];

  it.each([...paths('1'), ...paths('not-a-uuid'), ...paths(uuidV7())])(
    'that is nobody’s is 404 before the body is looked at: %s %s',
    async (method, url) => {
      expect(await api.call(method, url, { body: '{broken' })).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    },
  );

  it('of another workspace is 404 on every method, whatever the body', async () => {
    for (const [method, url] of [...paths(topicId).slice(0, 3), ...paths(pageId).slice(3, 7)]) {
      expect(await api.call(method, url, { key: foreignKey, body: '{"x":' })).toMatchObject({ status: 404 });
    }
    expect((await api.get(`/v1/topics/${topicId}`)).status).toBe(200);
  });

  it('of another workspace is no reference in a body', async () => {
    const answer = await api.post('/v1/topics', { pageId, title: 'Theirs', expectation: 'x' }, { key: foreignKey });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'pageId' }] } });
  });
});

describe('Without Postgres', () => {
  it('a request is 503 and says nothing of the inside', async () => {
    const databaseUrl = new URL(await createTestDatabase());
    const way = await WayToPostgres.open(Number(databaseUrl.port));
    databaseUrl.port = String(way.port);
    await ApiUnderTest.within(
      async (api) => {
        expect((await api.get('/v1/topics')).status).toBe(200);
        await way.close();
        const answer = await api.get('/v1/topics');
        expect(answer).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
        expect(answer.headers['retry-after']).toBe('1');
        expect(answer.text).not.toContain('ECONN');
        expect(await api.get('/health/ready', { key: null })).toMatchObject({
          status: 503,
          body: { status: 'not_ready', postgres: 'down', migrations: 'unknown' },
        });
        expect((await api.get('/health/live', { key: null })).status).toBe(200);
      },
      { DATABASE_URL: databaseUrl.toString() },
    );
  });
});

/** A way to Postgres that can be cut while the test runs. */
class WayToPostgres {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async open(postgresPort: number): Promise<WayToPostgres> {
    const way = new WayToPostgres(
      createServer((near) => {
        const far = connect(postgresPort, '127.0.0.1');
        for (const socket of [near, far]) way.sockets.add(socket.on('error', () => undefined));
        near.pipe(far).pipe(near);
      }),
    );
    await new Promise<void>((resolve) => way.server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }
}
