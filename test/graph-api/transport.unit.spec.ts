import { createServer } from 'node:net';
import type { AddressInfo, LookupFunction, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { GraphClient } from '../../src/graph-api/graph-client';
import { GraphConnection } from '../../src/graph-api/graph-connection';
import type { GraphRequest } from '../../src/graph-api/graph-connection';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { TinyGraph } from './tiny-graph';

const send = {
  adAccountId: 'act_1',
  systemUserToken: 'SECRET-SYSTEM-TOKEN',
  metaCampaignId: '1202',
  subscriptionToken: '4263172597193563921',
  message: { text: 'Hi {{first_name}}' },
};
const accepted = { success: true, marketing_message_tracking_id: 'U1' };

let graph: TinyGraph;
let client: GraphClient;

beforeAll(async () => {
  graph = await TinyGraph.start();
  client = new GraphClient({ url: graph.url, version: 'v25.0' });
});

afterAll(async () => {
  await client.close();
  await graph.stop();
});

/** One call with a deadline of its own, over a pool of its own. */
async function callOnce(
  url: string,
  more: Partial<GraphRequest>,
  options: Pool.Options = {},
): Promise<GraphResult<unknown>> {
  const pool = new Pool(url, { headersTimeout: 0, bodyTimeout: 0, ...options });
  const connection = new GraphConnection(pool, '/v25.0', undefined);
  const result = await connection.call(
    { method: 'POST', path: '/x', token: 't', body: {}, ...more },
    (answer) => answer,
  );
  await pool.destroy();
  return result;
}

describe('A call that Meta answers', () => {
  it('is ok with its value and the usage of the limits', async () => {
    graph.answerJson(accepted, 200, { 'x-app-usage': '{"call_count":28,"total_time":25}' });
    expect(await client.sendMarketingMessage(send)).toEqual({
      kind: 'ok',
      value: { trackingId: 'U1' },
      usage: { percent: 28, regainAfterMs: 0 },
    });
  });

  it('is refused with the code when Meta says no', async () => {
    const error = { message: '(#2300035) too early', type: 'OAuthException', code: 2300035, fbtrace_id: 'F' };
    graph.answerJson({ error: { ...error, error_data: '{"remaining_seconds":42900}' } }, 400);
    expect(await client.sendMarketingMessage(send)).toMatchObject({
      kind: 'refused',
      error: { code: 2300035, httpStatus: 400, remainingSeconds: 42900, fbtraceId: 'F' },
    });
  });

  it.each([
    ['an error of the server', '{"error":{"code":2,"type":"OAuthException","message":"x"}}', 500, 'server_error'],
    ['a page of HTML', '<html>503</html>', 503, 'server_error'],
    ['an unknown error', '{"error":{"code":1,"message":"x"}}', 400, 'server_error'],
    ['an invalid reply', '{"error":{"code":1,"error_subcode":1357046,"message":"x"}}', 400, 'server_error'],
    ['a page of HTML with 400', '<html></html>', 400, 'broken_answer'],
    ['half a JSON', '{"success":tr', 200, 'broken_answer'],
    ['nothing', '', 200, 'broken_answer'],
    ['no success', '{"success":false}', 200, 'broken_answer'],
    ['another place', '{}', 302, 'broken_answer'],
  ])('is unknown after %s', async (_what, body, status, reason) => {
    graph.answerJson(body, status);
    expect(await client.sendMarketingMessage(send)).toMatchObject({ kind: 'unknown', reason });
  });

  it('keeps the code of a server error', async () => {
    graph.answerJson({ error: { code: 2, message: 'x', is_transient: true } }, 500);
    expect(await client.sendMarketingMessage(send)).toMatchObject({ error: { code: 2, isTransient: true } });
  });
});

/** Long enough for a request to leave on a busy machine. */
const DEADLINE_MS = 3_000;

describe('A call that gets no answer', () => {
  it('is unknown when the deadline passes', async () => {
    graph.answerWith(() => undefined);
    expect(await callOnce(graph.url, { deadlineMs: DEADLINE_MS })).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(graph.seen).toHaveLength(1);
  });

  it('is unknown when the deadline passes in the middle of the answer', async () => {
    graph.answerWith((response) => response.write('{"success":'));
    expect(await callOnce(graph.url, { deadlineMs: DEADLINE_MS })).toEqual({ kind: 'unknown', reason: 'timeout' });
  });

  it('is unknown and tried once when the connection breaks after the request', async () => {
    graph.answerWith((_response, _seen, request) => request.socket.resetAndDestroy());
    expect(await client.sendMarketingMessage(send)).toEqual({ kind: 'unknown', reason: 'connection_lost' });
    expect(graph.seen).toHaveLength(1);
  });

  it('is unknown when the answer is cut short', async () => {
    graph.answerWith((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"success":true', () => response.destroy());
    });
    expect(await client.sendMarketingMessage(send)).toEqual({ kind: 'unknown', reason: 'broken_answer' });
  });

  it('is unknown when the server speaks no HTTP', async () => {
    const { server, url } = await listen((socket) => socket.end('hello\r\n\r\n'));
    expect(await callOnce(url, {})).toEqual({ kind: 'unknown', reason: 'connection_lost' });
    server.close();
  });
});

describe('A call of which no byte left', () => {
  it('is not sent when the connection is refused', async () => {
    const { server, url } = await listen(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await callOnce(url, {})).toEqual({ kind: 'not_sent', reason: 'connection_failed' });
  });

  it('is not sent when the host has no address', async () => {
    const result = await callOnce('http://herald.invalid', {}, { connect: { lookup: findNothing } });
    expect(result).toEqual({ kind: 'not_sent', reason: 'name_not_resolved' });
  });

  it('is not sent when its moment has passed', async () => {
    graph.answerJson(accepted);
    const result = await client.sendMarketingMessage(send, { leaveBeforeMs: performance.now() - 1 });
    expect(result).toEqual({ kind: 'not_sent', reason: 'too_late' });
    expect(graph.seen).toHaveLength(0);
    expect((await client.sendMarketingMessage(send, { leaveBeforeMs: performance.now() + 3000 })).kind).toBe('ok');
  });

  it('is not sent when the deadline passes while it waits for a free socket', async () => {
    graph.answerWith(() => undefined);
    const pool = new Pool(graph.url, { connections: 1, headersTimeout: 0 });
    const connection = new GraphConnection(pool, '', undefined);
    const request = { method: 'POST', path: '/x', token: 't', body: {}, deadlineMs: DEADLINE_MS } as const;
    const results = await Promise.all([connection.call(request, String), connection.call(request, String)]);
    expect(results).toEqual([
      { kind: 'unknown', reason: 'timeout' },
      { kind: 'not_sent', reason: 'too_late' },
    ]);
    expect(graph.seen).toHaveLength(1);
    await pool.destroy();
  });

  it('is not sent once the client is closed', async () => {
    const closed = new GraphClient({ url: graph.url, version: 'v25.0' });
    await closed.close();
    expect(await closed.sendMarketingMessage(send)).toEqual({ kind: 'not_sent', reason: 'client_closed' });
  });
});

describe('No outcome', () => {
  it('names tokens or Meta’s texts', async () => {
    graph.answerJson({ error: { code: 190, message: 'Bad SECRET-SYSTEM-TOKEN', error_user_msg: 'Ann' } }, 400);
    const text = JSON.stringify(await client.sendMarketingMessage(send));
    expect(text).not.toMatch(/SECRET|4263172597193563921|Ann|Bad/);
  });
});

const findNothing: LookupFunction = (_host, _options, callback) => {
  callback(Object.assign(new Error('No such host.'), { code: 'ENOTFOUND' }), '');
};

async function listen(
  onConnection: Parameters<typeof createServer>[1] & object,
): Promise<{ server: Server; url: string }> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
