import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { closeConnections } from './support/http-client';
import { Sandbox } from './support/sandbox';

let sandbox: Sandbox;
let campaign: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  campaign = await sandbox.createCampaign();
});

afterEach(async () => {
  await sandbox.control('DELETE', '/faults');
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

const SENDS = { path: '/act_*/messages' };

async function fault(order: Record<string, unknown>): Promise<string> {
  return (await sandbox.control('POST', '/faults', { match: SENDS, ...order })).json.id;
}

async function send(messageId = campaign): ReturnType<Sandbox['send']> {
  return sandbox.send(messageId, (await sandbox.createPerson()).token);
}

async function accepted(): Promise<number> {
  return (await sandbox.control('GET', `/sends/summary?campaignId=${campaign}`)).json.accepted;
}

describe('A fault', () => {
  it('drops the answer of a message that was accepted, and leaves refusals alone', async () => {
    await fault({ fault: 'drop_after_accept', times: 1 });
    const before = await accepted();
    expect((await sandbox.send(campaign, 'nobody')).json.error?.code).toBe(2300004);
    await expect(send()).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await accepted()).toBe(before + 1);
    expect((await send()).status).toBe(200);
    const { data } = (await sandbox.control('GET', '/requests?path=messages')).json;
    expect(data.at(-2)).toMatchObject({ status: 0, code: null });
  });

  it('answers 500 with code 2 instead of sending', async () => {
    await fault({ fault: '500' });
    const before = await accepted();
    const { status, json } = await send();
    expect([status, json.error?.code, json.error?.is_transient]).toEqual([500, 2, true]);
    expect(await accepted()).toBe(before);
  });

  it('answers 503 with HTML', async () => {
    await fault({ fault: '503_html' });
    const { status, headers, text } = await send();
    expect([status, headers['content-type']]).toEqual([503, 'text/html']);
    expect(text).toMatch(/^<!DOCTYPE html>/);
  });

  it('cuts an answer in half after accepting', async () => {
    await fault({ fault: 'truncated' });
    const before = await accepted();
    const { status, text } = await send();
    expect(status).toBe(200);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(await accepted()).toBe(before + 1);
  });

  it('answers late', async () => {
    await fault({ fault: 'slow', delayMs: 80 });
    const startedMs = Date.now();
    expect((await send()).status).toBe(200);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(75);
  });

  it('answers error_data as text, with any code', async () => {
    await fault({ fault: 'error_data_string', code: 2300061 });
    const { error } = (await send()).json;
    expect(error?.code).toBe(2300061);
    expect(JSON.parse(error?.error_data as string)).toEqual({ remaining_seconds: 1_800 });
    await sandbox.control('DELETE', '/faults');
    await fault({ fault: 'error', code: 2300011 });
    expect((await send()).json.error?.code).toBe(2300011);
  });
});

describe('Faults', () => {
  it('strike as often as they are told, and then are gone', async () => {
    await fault({ fault: '500', times: 2 });
    const statuses = [await send(), await send(), await send()].map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 200]);
    expect((await sandbox.control('GET', '/faults')).json.data).toEqual([]);
  });

  it('strike about the share they are told', async () => {
    await fault({ fault: '500', share: 0.3 });
    const answers = await Promise.all(Array.from({ length: 200 }, () => sandbox.send(campaign, 'nobody')));
    const struck = answers.filter(({ status }) => status === 500).length;
    expect(struck).toBeGreaterThan(35);
    expect(struck).toBeLessThan(90);
  });

  it('strike only the path and the campaign they name', async () => {
    const other = await sandbox.createCampaign();
    await sandbox.control('POST', '/faults', { match: { ...SENDS, campaignId: other }, fault: '500' });
    expect([(await send()).status, (await send(other)).status]).toEqual([200, 500]);
    expect((await sandbox.graph('GET', `/${sandbox.page.id}`, sandbox.page.pageToken)).status).toBe(200);
  });

  it('are taken away one by one', async () => {
    const id = await fault({ fault: '500' });
    expect((await sandbox.control('DELETE', `/faults/${id}`)).status).toBe(204);
    expect((await sandbox.control('DELETE', `/faults/${id}`)).status).toBe(404);
    expect((await send()).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown kind', { fault: 'gremlins' }, 'fault'],
    ['no path', { fault: '500', match: {} }, 'match.path'],
    ['a share above one', { fault: '500', share: 2 }, 'share'],
  ])('with %s are refused', async (_what, order, field) => {
    const { status, json } = await sandbox.control('POST', '/faults', { match: SENDS, ...order });
    expect(status).toBe(422);
    expect(json.errors.map(({ field: name }) => name)).toEqual([field]);
  });
});

describe('The flaky profile', () => {
  afterAll(async () => {
    await sandbox.control('POST', '/reset', { profile: 'happy' });
  });

  it('brings every fault of paid messages, again after a reset, until another profile is taken', async () => {
    const kinds = async (): Promise<string[]> =>
      (await sandbox.control('GET', '/faults')).json.data.map((fault) => (fault as unknown as { fault: string }).fault);
    const all = ['drop_after_accept', '500', '503_html', 'slow', 'truncated', 'error_data_string'];
    await sandbox.control('POST', '/reset', { profile: 'flaky' });
    expect(await kinds()).toEqual(all);
    await sandbox.control('POST', '/reset', {});
    expect(await kinds()).toEqual(all);
    await sandbox.control('POST', '/reset', { profile: 'happy' });
    expect(await kinds()).toEqual([]);
  });

  it('repeats, delays and loses webhooks, and lets messages fail', async () => {
    await sandbox.control('POST', '/reset', { profile: 'flaky' });
    const settings = (await sandbox.control('GET', '/settings')).json as unknown as Record<string, number>;
    for (const share of ['failRate', 'webhookDuplicateShare', 'webhookLossShare', 'webhookLateShare']) {
      expect(settings[share]).toBeGreaterThan(0);
    }
  });
});
