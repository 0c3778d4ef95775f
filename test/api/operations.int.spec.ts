import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '../support/barrier';
import { ApiUnderTest } from './api-under-test';

describe('Health', () => {
  it('is ready with Postgres and migrations, and only shows Temporal', () =>
    ApiUnderTest.within(async (api) => {
      const answer = await api.get('/health/ready', { key: null });
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'ready', postgres: 'up', migrations: 'done', temporal: 'down' },
      });
      await api.owner.query(`UPDATE migrations SET name = 'none of ours'`);
      expect(await api.get('/health/ready', { key: null })).toMatchObject({
        status: 503,
        body: { status: 'not_ready', postgres: 'up', migrations: 'pending' },
      });
    }));

  it('shows a Temporal that takes connections as up', async () => {
    const temporal = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => temporal.listen(0, '127.0.0.1', resolve));
    const { port } = temporal.address() as AddressInfo;
    await ApiUnderTest.within(
      async (api) => {
        await until(async () => (await api.get('/health/ready', { key: null })).body['temporal'] === 'up');
      },
      { TEMPORAL_ADDRESS: `127.0.0.1:${port}` },
    );
    await new Promise((resolve) => temporal.close(resolve));
  });
});

describe('Metrics', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });
  afterAll(() => api.stop());

  it('are open on loopback and name routes, not addresses', async () => {
    await api.get('/v1/topics/019ab0c4-7c00-7000-8000-000000000001');
    const { status, text, headers } = await api.get('/metrics', { key: null });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toContain('herald_http_request_seconds_count{method="GET",route="/v1/topics/:id",status="404"} 1');
    expect(text).not.toContain('019ab0c4');
  });

  it('ask for a key elsewhere', async () => {
    const fastify = api.app.getHttpAdapter().getInstance();
    const from = (headers: Record<string, string>) =>
      fastify.inject({ method: 'GET', url: '/metrics', remoteAddress: '203.0.113.7', headers });
    expect((await from({})).statusCode).toBe(401);
    expect((await from({ authorization: `Bearer ${api.key}` })).statusCode).toBe(200);
  });
});

describe('Rate limits', () => {
  it('are said with every answer: 1,000 a second in the sandbox', () =>
    ApiUnderTest.within(async (api) => {
      const { headers } = await api.get('/v1/rules/R-01');
      expect(headers['ratelimit-policy']).toBe('"workspace";q=1000;w=1');
      expect(headers['ratelimit']).toMatch(/^"workspace";r=\d+;t=1$/);
    }));

  it('refuse what goes beyond with 429, another workspace goes on', () =>
    ApiUnderTest.within(
      async (api) => {
        const foreignKey = await api.otherKey();
        const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
        const cheap = '/v1/topics/none';
        for (let n = 0; n < 100; n += 1) expect((await api.get(cheap)).status).toBe(404);
        const refused = await api.get(cheap);
        const foreign = await api.get(cheap, { key: foreignKey });
        clock.mockRestore();
        expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' }, body: { code: 'RATE.LIMITED' } });
        expect(foreign.status).toBe(404);
      },
      { HERALD_SANDBOX: '0' },
    ));
});

describe('A connection', () => {
  it('that sends no HTTP is answered with 400 and closed', () =>
    ApiUnderTest.within(async (api) => {
      await api.app.listen(0, '127.0.0.1');
      const { port } = api.app.getHttpServer().address() as AddressInfo;
      const text = await say(port, 'nonsense\r\n\r\n');
      expect(text).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*REQUEST\.UNREADABLE/);
      expect(text).not.toContain('nonsense');
    }));
});

/** @returns all that comes back until the connection closes */
function say(port: number, words: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(words));
    socket
      .on('data', (data) => (received += String(data)))
      .on('close', () => {
        resolve(received);
      });
  });
}
