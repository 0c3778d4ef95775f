import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serveControl } from '../../simulator/control/serve';
import type { World } from '../../simulator/model/world';
import { closeConnections } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

describe('The control API', () => {
  it('describes every call it takes', async () => {
    const { paths } = (await sandbox.control('GET', '/openapi.json')).json;
    const operations = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.sort()).toEqual(
      [
        ...['GET /__sim', 'POST /__sim/reset', 'GET /__sim/clock', 'POST /__sim/clock', 'GET /__sim/settings'],
        ...['PATCH /__sim/settings', 'GET /__sim/apps', 'POST /__sim/apps', 'GET /__sim/pages', 'POST /__sim/pages'],
        ...['PATCH /__sim/pages/{id}', 'GET /__sim/people', 'POST /__sim/people', 'POST /__sim/people/{id}/{action}'],
        ...['GET /__sim/sends', 'GET /__sim/sends/summary', 'GET /__sim/webhooks', 'GET /__sim/requests'],
        ...['GET /__sim/faults', 'POST /__sim/faults', 'DELETE /__sim/faults', 'DELETE /__sim/faults/{id}'],
        ...['POST /__sim/campaigns/{id}/ready', 'POST /__sim/pages/{id}/policy'],
      ].sort(),
    );
  });

  it('turns everyone away who is not on this machine', async () => {
    const request = { method: 'GET', path: '/__sim', query: undefined, headers: {}, body: Buffer.alloc(0) };
    const answer = await serveControl({} as World, { ...request, remoteAddress: '10.0.0.7' });
    expect(answer.status).toBe(403);
  });

  it.each<[status: number, method: string, path: string, body: unknown, field: string | undefined]>([
    [404, 'GET', '/nothing', undefined, undefined],
    [405, 'DELETE', '/clock', undefined, undefined],
    [400, 'POST', '/pages', '{"name"', undefined],
    [422, 'POST', '/pages', { name: 'Shop', country: 'VN', currency: 'VND' }, 'timeZone'],
    [422, 'POST', '/pages', { name: 'Shop', country: 'VN', currency: 'VND', timeZone: 'Moon/Base' }, 'timeZone'],
    [422, 'POST', '/pages', { name: 'Shop', country: 'Vietnam', currency: 'VND', timeZone: 'UTC' }, 'country'],
    [422, 'PATCH', '/settings', { insightsLagMinutes: 5 }, 'insightsLagMinutes'],
    [422, 'PATCH', '/settings', { failRate: 1.5 }, 'failRate'],
    [404, 'PATCH', '/settings', { pageId: '1', failRate: 0.5 }, undefined],
    [404, 'POST', '/people', { pageId: '1' }, undefined],
    [404, 'POST', '/people/p999999/message', {}, undefined],
    [404, 'POST', '/campaigns/1/ready', undefined, undefined],
    [422, 'POST', '/reset', { profile: 'sad' }, 'profile'],
    [422, 'POST', '/apps', { webhookUrl: 'nowhere' }, 'webhookUrl'],
    [422, 'POST', '/apps', { webhookUrl: 'ftp://127.0.0.1/webhooks' }, 'webhookUrl'],
    [422, 'POST', '/apps', { webhookUrl: 'localhost:3000' }, 'webhookUrl'],
    [400, 'GET', '/people?limit=0', undefined, undefined],
    [400, 'GET', '/people?cursor=%21', undefined, undefined],
    [400, 'GET', '/sends?outcome=lost', undefined, undefined],
    [400, 'GET', '/requests?since=yesterday', undefined, undefined],
  ])('answers %i to %s %s %j', async (status, method, path, body, field) => {
    const answer = await sandbox.control(method, path, body);
    expect(answer.status).toBe(status);
    expect(typeof answer.json.detail).toBe('string');
    if (field !== undefined) expect(answer.json.errors.map(({ field: name }) => name)).toEqual([field]);
  });

  it('gives lists in pages to their end', async () => {
    const page = await sandbox.createPage();
    const people = await sandbox.createPeople({ pageId: page.id, count: 7 });
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { data, nextCursor } = (await sandbox.control('GET', `/people?pageId=${page.id}&limit=3${cursor}`)).json;
      seen.push(...data);
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(
      people.map(({ id, psid, token }) => ({ id, psid, token, pageId: page.id, status: 'subscribed', region: null })),
    );
  });
});

describe('Settings', () => {
  it('hold for all Pages, and for one above that', async () => {
    await sandbox.settings({ unitPriceMinor: 7 });
    await sandbox.settings({ pageId: sandbox.page.id, unitPriceMinor: 9 });
    const price = async (query: string): Promise<unknown> =>
      (await sandbox.control('GET', `/settings${query}`)).json.unitPriceMinor;
    expect([await price(''), await price(`?pageId=${sandbox.page.id}`), await price('?pageId=1')]).toEqual([7, 9, 7]);
  });
});

describe('An app', () => {
  it('is created once and changed after that', async () => {
    const created = await sandbox.control('POST', '/apps', { webhookUrl: 'http://127.0.0.1:1/a' });
    expect(created.status).toBe(201);
    const { id, secret } = created.json;
    const changed = await sandbox.control('POST', '/apps', { id, webhookUrl: 'http://127.0.0.1:1/b' });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ id, secret, webhookUrl: 'http://127.0.0.1:1/b' });
  });
});

describe('People', () => {
  it('are created in any number and listed in the answer up to ten thousand', async () => {
    const page = await sandbox.createPage();
    const many = (await sandbox.control('POST', '/people', { pageId: page.id, count: 10_001, source: 'CTM' })).json;
    expect(many).toEqual({ count: 10_001, firstId: expect.stringMatching(/^p\d+$/) });
    const few = (await sandbox.control('POST', '/people', { pageId: page.id, count: 2 })).json;
    expect(few.data).toHaveLength(2);
  });

  it('do what they are made to: the newest message is opened and its link tapped', async () => {
    const person = await sandbox.createPerson();
    expect((await sandbox.control('POST', `/people/${person.id}/click-button`)).status).toBe(409);
    const campaign = await sandbox.createCampaign();
    await sandbox.send(campaign, person.token);
    expect((await sandbox.control('POST', `/people/${person.psid}/click-button`)).status).toBe(200);
    const clicked = (await sandbox.control('GET', `/sends?campaignId=${campaign}&outcome=clicked`)).json;
    expect(clicked.data).toEqual([expect.objectContaining({ psid: person.psid, status: 'clicked' })]);
  });

  it('who are made to stop do so after reading', async () => {
    const people = await sandbox.createPeople({ count: 5, behaviour: { read: 1, stop: 1 } });
    const campaign = await sandbox.createCampaign();
    for (const { token } of people) await sandbox.send(campaign, token);
    await sandbox.advance('PT1H');
    const { data } = (await sandbox.control('GET', '/people?subscribed=false')).json;
    const stopped = data.filter((row) => people.some(({ id }) => id === row.id));
    expect(stopped.map((row) => row.status)).toEqual(Array(5).fill('stopped'));
  });
});

describe('The record', () => {
  it('shows accepted sends by outcome reached, refused ones only when asked for', async () => {
    const [one, two] = await sandbox.createPeople({ count: 2, behaviour: { read: 0 } });
    const campaign = await sandbox.createCampaign();
    const { json } = await sandbox.send(campaign, one?.token ?? '');
    await sandbox.send(campaign, one?.token ?? '');
    await sandbox.send(campaign, two?.token ?? '');
    await sandbox.advance('PT1M');
    const count = async (query: string): Promise<number> =>
      (await sandbox.control('GET', `/sends?campaignId=${campaign}${query}`)).json.data.length;
    expect([await count(''), await count('&outcome=accepted'), await count('&outcome=delivered')]).toEqual([2, 2, 2]);
    expect([await count('&outcome=read'), await count('&outcome=refused')]).toEqual([0, 1]);
    const [row] = (await sandbox.control('GET', `/sends?psid=${one?.psid ?? ''}`)).json.data;
    expect(row).toEqual({
      at: expect.any(String),
      wallAt: expect.any(String),
      campaignId: campaign,
      token: one?.token,
      psid: one?.psid,
      trackingId: json.marketing_message_tracking_id,
      mid: expect.stringMatching(/^m_/),
      status: 'delivered',
      costMinor: 9,
    });
  });

  it('sums up the gaps between two messages to one person', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    await sandbox.send(campaign, person.token);
    const gap = async (): Promise<unknown> =>
      (await sandbox.control('GET', `/sends/summary?campaignId=${campaign}`)).json;
    expect(await gap()).toMatchObject({ people: 1, maxPerPerson: 1, minGapMs: null });
    await sandbox.advance('PT13H');
    await sandbox.send(campaign, person.token);
    expect(await gap()).toMatchObject({ accepted: 2, people: 1, maxPerPerson: 2, minGapMs: 13 * 3_600_000 });
  });
});

describe('A reset', () => {
  it('of one Page empties that Page and leaves the others, its tokens too', async () => {
    const other = await sandbox.createPage();
    await sandbox.createPeople({ pageId: other.id, count: 3, windowOpen: true });
    const kept = await sandbox.createPerson();
    await sandbox.control('POST', '/reset', { pageIds: [other.id] });
    const people = async (pageId: string): Promise<Json[]> =>
      (await sandbox.control('GET', `/people?pageId=${pageId}`)).json.data;
    expect(await people(other.id)).toEqual([]);
    expect((await people(sandbox.page.id)).some(({ id }) => id === kept.id)).toBe(true);
    expect((await sandbox.graph('GET', `/${other.id}`, other.pageToken)).status).toBe(200);
  });

  it('empties everything but apps and Pages, also after a restart', async () => {
    await sandbox.control('POST', '/reset', { profile: 'slow-campaign' });
    await sandbox.restart();
    const state = (await sandbox.control('GET', '')).json;
    expect(state).toMatchObject({ profile: 'slow-campaign', due: 0, unacknowledged: 0, nextDueAt: null });
    for (const list of ['/people', '/sends', '/webhooks', '/requests', '/faults']) {
      expect((await sandbox.control('GET', list)).json.data).toEqual([]);
    }
    expect((await sandbox.control('GET', '/pages')).json.data.length).toBeGreaterThan(0);
    expect((await sandbox.control('GET', '/settings')).json).toMatchObject({ unitPriceMinor: 5, notReadyMinutes: 79 });
    expect(await sandbox.createPeople({ count: 2 })).toHaveLength(2);
  });
});
