import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, closeConnections, type Answer } from './support/http-client';
import { APP, Sandbox, type TestPage } from './support/sandbox';

let sandbox: Sandbox;
let page: TestPage;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  page = sandbox.page;
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

function raw(method: string, path: string, more: Parameters<typeof call>[2] = {}): Promise<Answer> {
  return call(method, `${sandbox.url}${path}`, more);
}

function errorOf({ status, json }: Answer): unknown {
  return [status, json.error?.code, json.error?.error_subcode];
}

describe('A token', () => {
  it('is missing: 2500', async () => {
    expect(errorOf(await raw('GET', `/v25.0/${page.id}`))).toEqual([400, 2500, undefined]);
  });

  it('is unknown, expired or revoked: 190 with its subcode', async () => {
    const other = await sandbox.createPage();
    const read = (token: string): Promise<Answer> => sandbox.graph('GET', `/${other.id}`, token);
    expect(errorOf(await read('EAAwrong'))).toEqual([400, 190, 467]);
    await sandbox.control('PATCH', `/pages/${other.id}`, { tokenState: 'expired' });
    expect(errorOf(await read(other.pageToken))).toEqual([400, 190, 463]);
    await sandbox.control('PATCH', `/pages/${other.id}`, { tokenState: 'revoked' });
    expect(errorOf(await read(other.systemUserToken))).toEqual([400, 190, 458]);
  });

  it('is taken from the header, the query, a JSON body and a form', async () => {
    const id = page.adAccountId;
    const answers = await Promise.all([
      raw('GET', `/v25.0/act_${id}`, { headers: { authorization: `Bearer ${page.systemUserToken}` } }),
      raw('GET', `/v25.0/act_${id}?access_token=${page.systemUserToken}`),
      raw('POST', `/v25.0/act_${id}/subscribed_apps`, { body: { access_token: page.systemUserToken } }),
      raw('POST', `/v25.0/act_${id}/subscribed_apps`, {
        body: `access_token=${page.systemUserToken}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('without a permission is refused: 230 for messages, 200 for ads', async () => {
    const other = await sandbox.createPage();
    const person = await sandbox.createPerson({ pageId: other.id, source: 'none' });
    await sandbox.control('PATCH', `/pages/${other.id}`, { permissions: [] });
    const body = { recipient: { id: person.psid }, message: { text: 'Hi' } };
    expect(errorOf(await sandbox.graph('POST', `/${other.id}/messages`, other.pageToken, body))).toEqual([
      403,
      230,
      undefined,
    ]);
    const ads = await sandbox.graph('GET', `/act_${other.adAccountId}/ads`, other.systemUserToken);
    expect(errorOf(ads)).toEqual([403, 200, undefined]);
  });
});

describe('The proof of a call', () => {
  it('is demanded where that is set, and must be right wherever it is given', async () => {
    const proof = createHmac('sha256', APP.secret).update(page.pageToken).digest('hex');
    const read = (query: string): Promise<Answer> => sandbox.graph('GET', `/${page.id}${query}`, page.pageToken);
    expect((await read('?appsecret_proof=00')).json.error).toMatchObject({ code: 100, type: 'GraphMethodException' });
    await sandbox.settings({ requireAppSecretProof: true });
    expect((await read('')).json.error).toMatchObject({ code: 100, type: 'GraphMethodException' });
    expect((await read(`?appsecret_proof=${proof}`)).status).toBe(200);
    await sandbox.settings({ requireAppSecretProof: false });
  });
});

describe('Every answer', () => {
  it('names the version that served it and how much of the quota is used', async () => {
    const { headers } = await sandbox.graph('GET', `/act_${page.adAccountId}`, page.systemUserToken);
    expect(headers['facebook-api-version']).toBe('v25.0');
    expect(headers['x-fb-trace-id']).toMatch(/\w+/);
    const business = JSON.parse(headers['x-business-use-case-usage'] as string) as Record<string, unknown>;
    expect(business[page.businessId]).toEqual([expect.objectContaining({ type: 'ads_management', call_count: 1 })]);
    expect(JSON.parse(headers['x-app-usage'] as string)).toHaveProperty('call_count');
    expect(JSON.parse(headers['x-ad-account-usage'] as string)).toHaveProperty('acc_id_util_pct');
  });

  it.each([
    [`v24.0`, 'v25.0', 'act'],
    [`v24.0`, 'v24.0', 'page'],
    [`v19.0`, 'v21.0', 'page'],
    [`v26.0`, 'v26.0', 'act'],
  ])('to %s comes from %s for %s', async (asked, served, kind) => {
    const path = kind === 'act' ? `act_${page.adAccountId}` : page.id;
    const { headers } = await raw('GET', `/${asked}/${path}?access_token=${page.systemUserToken}`);
    expect(headers['facebook-api-version']).toBe(served);
  });

  it('of an expired version is 2635 where versions are strict', async () => {
    await sandbox.settings({ strictVersions: true });
    const answer = await raw('GET', `/v24.0/act_${page.adAccountId}?access_token=${page.systemUserToken}`);
    await sandbox.settings({ strictVersions: false });
    expect(errorOf(answer)).toEqual([400, 2635, undefined]);
  });

  it.each([
    ['GET', '/123456'],
    ['GET', '/me/nothing'],
    ['POST', '/act_1/messages'],
    ['GET', '/notification_messages_1'],
  ])('to %s %s, which does not exist, is 100/33', async (method, path) => {
    expect(errorOf(await sandbox.graph(method, path, page.pageToken))).toEqual([400, 100, 33]);
  });
});

describe('Ids', () => {
  it('are texts of sixteen digits and more, some of them too large for a number', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    const ids = [page.id, page.adAccountId, person.psid, person.token, campaign];
    for (const id of ids) expect(id).toMatch(/^\d{16,}$/);
    expect(ids.filter((id) => String(Number(id)) !== id).length).toBeGreaterThanOrEqual(2);
  });
});

describe('Connecting', () => {
  it('reads the Page, its ad account and whatever a token may speak for', async () => {
    const token = page.systemUserToken;
    const account = await sandbox.graph(
      'GET',
      `/act_${page.adAccountId}?fields=name,currency,timezone_name,business_country_code`,
      token,
    );
    expect(account.json).toEqual({
      id: `act_${page.adAccountId}`,
      name: 'Shop',
      currency: 'USD',
      timezone_name: 'Asia/Ho_Chi_Minh',
      business_country_code: 'VN',
    });
    const read = await sandbox.graph('GET', `/${page.id}?fields=name,location{country}`, page.pageToken);
    expect(read.json).toEqual({ id: page.id, name: 'Shop', location: { country: 'VN' } });
    const accounts = await sandbox.graph('GET', '/me/adaccounts?fields=id,currency', token);
    expect(accounts.json.data).toEqual([{ id: `act_${page.adAccountId}`, currency: 'USD' }]);
    expect((await sandbox.graph('GET', '/me/accounts', token)).json.data[0]?.access_token).toBe(page.pageToken);
    expect((await sandbox.graph('GET', '/me', page.pageToken)).json.id).toBe(page.id);
  });
});
