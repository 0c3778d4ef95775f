import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { IngestDatabase } from '../../src/http/databases';
import { ApiUnderTest } from '../api/api-under-test';
import type { Answer } from '../api/api-under-test';
import { connectedPage } from '../api/fixtures';
import { message, NOON, signed, webhook } from './meta-events';

const SECRET = 'app-secret';
const PAGE = '555000111222';

let api: ApiUnderTest;
let pageId: string;

beforeAll(async () => {
  api = await ApiUnderTest.start({
    META_APP_SECRETS: `1001:other-secret,1002:${SECRET}`,
    META_VERIFY_TOKEN: 'verify-me',
  });
  pageId = await connectedPage(api, { metaPageId: PAGE });
});
afterAll(() => api.stop());

const signatureOf = (body: Buffer, secret = SECRET): string => signed(body, secret)['x-hub-signature-256'];

/** Posts bytes as Meta does. */
function post(body: unknown, signature?: string | null): Promise<Answer> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const header = signature === undefined ? signatureOf(bytes) : signature;
  return api.call('POST', '/webhooks/meta', {
    key: null,
    body: bytes,
    headers: { ...(header !== null && { 'x-hub-signature-256': header }) },
  });
}

const stored = async (): Promise<number> => {
  const [row] = await api.owner.query<{ count: number }[]>('SELECT count(*) AS count FROM inbox WHERE page_id = $1', [
    pageId,
  ]);
  return row?.count ?? 0;
};

describe("Meta's verification", () => {
  it('is answered with the challenge as plain text', async () => {
    const answer = await api.get(
      '/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me',
      {
        key: null,
      },
    );
    expect(answer).toMatchObject({ status: 200, text: '1158201444' });
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('with another token is refused', async () => {
    for (const token of ['hub.verify_token=wrong', '']) {
      const answer = await api.get(`/webhooks/meta?hub.challenge=1&${token}`, { key: null });
      expect(answer).toMatchObject({ status: 403, body: { code: 'WEBHOOK.VERIFY_TOKEN_INVALID' } });
    }
  });
});

describe("Meta's events", () => {
  it('are stored before the answer', async () => {
    const before = await stored();
    expect(await post(webhook(PAGE, message('7351')))).toMatchObject({ status: 200 });
    expect(await stored()).toBe(before + 1);
  });

  it('without the signature of one of the apps are refused', async () => {
    const body = webhook(PAGE, message('7351'));
    const bytes = Buffer.from(JSON.stringify(body));
    for (const signature of [
      null,
      'sha256=00',
      signatureOf(bytes, 'another'),
      signatureOf(bytes).replace('256', '1'),
    ]) {
      expect(await post(body, signature)).toMatchObject({ status: 401, body: { code: 'AUTH.SIGNATURE_INVALID' } });
    }
    expect(await post(body, signatureOf(bytes, 'other-secret'))).toMatchObject({ status: 200 });
    expect(await post(body, signatureOf(bytes).toUpperCase().replace('SHA', 'sha'))).toMatchObject({ status: 200 });
  });

  it('are signed over the bytes, also where JSON could be written otherwise', async () => {
    const text = `{"object":"page","entry":[{"id":"${PAGE}","time":1,"messaging":[{"sender":{"id":"1"},"timestamp":${NOON},"message":{"mid":"m_\\u00e4","text":"\\u00e4"}}]}]}`;
    expect(await post(text)).toMatchObject({ status: 200 });
  });

  it('that are no JSON are refused, after the signature', async () => {
    expect(await post('{"object":')).toMatchObject({ status: 400, body: { code: 'BODY.UNREADABLE' } });
    expect(await post('{"object":', null)).toMatchObject({ status: 401 });
    expect(await post('')).toMatchObject({ status: 400 });
  });

  it.each([
    'null',
    '[]',
    '"text"',
    '7',
    '{}',
    '{"object":"page"}',
    '{"object":"page","entry":"x"}',
    '{"object":"page","entry":[null]}',
  ])('are taken whatever JSON they are: %s', async (json) => {
    expect(await post(json)).toMatchObject({ status: 200 });
  });

  it('may have 4 MiB', async () => {
    const padding = (bytes: number): string => `{"padding":"${'x'.repeat(bytes - 14)}"}`;
    expect(await post(padding(4 * 1024 * 1024))).toMatchObject({ status: 200 });
    expect(await post(padding(4 * 1024 * 1024 + 1))).toMatchObject({ status: 413, body: { code: 'BODY.TOO_LARGE' } });
  });

  it('of a burst share a commit', async () => {
    const { dataSource } = api.app.get(IngestDatabase);
    const before = await stored();
    const transactions = jest.spyOn(dataSource, 'transaction');
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => post(webhook(PAGE, message(`8${n}`)))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stored()).toBe(before + 200);
    expect(transactions.mock.calls.length).toBeLessThanOrEqual(20);
    transactions.mockRestore();
  });
});
