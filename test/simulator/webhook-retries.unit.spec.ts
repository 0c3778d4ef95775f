import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { retryGapMs } from '../../simulator/webhooks/retry-schedule';
import { closeConnections } from './support/http-client';
import { ALL_FIELDS, APP, Sandbox, type TestPage } from './support/sandbox';

/** Meta's side by SIM-46 of the reference: what it does while an app does not acknowledge its webhooks. */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** More attempts than a test waits for. */
const ALL_FAIL = Array.from({ length: 20 }, () => 500);

let sandbox: Sandbox;
let page: TestPage;
/** The wall clock is this much ahead. */
let aheadMs: number;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

beforeEach(async () => {
  const wallNow = Date.now.bind(Date);
  aheadMs = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => wallNow() + aheadMs);
  sandbox.receiver.deliveries.length = 0;
  page = await sandbox.createPage();
  await sandbox.graph('POST', `/${page.id}/subscribed_apps?subscribed_fields=${ALL_FIELDS}`, page.pageToken);
});
afterEach(() => {
  jest.restoreAllMocks();
  sandbox.receiver.nextStatuses = [];
});

/** Somebody writes to the Page. */
async function somebodyWrites(): Promise<void> {
  const person = await sandbox.createPerson({ pageId: page.id, source: 'none' });
  await sandbox.control('POST', `/people/${person.psid}/message`, { text: 'Hello' });
}

interface Attempt {
  readonly attempt: number;
  readonly status: number;
}

async function attempts(): Promise<Attempt[]> {
  const { data } = (await sandbox.control('GET', `/webhooks?pageId=${page.id}`)).json;
  return data.map(({ attempt, status }) => ({ attempt, status }) as Attempt);
}

const attempted = (count: number): Promise<void> => sandbox.until(async () => (await attempts()).length >= count);

async function subscribers(): Promise<unknown[]> {
  const { json } = await sandbox.graph('GET', `/${page.id}/subscribed_apps`, page.pageToken);
  return json.data.map(({ id }) => id);
}

const unacknowledged = async (): Promise<unknown> => (await sandbox.control('GET', '')).json.unacknowledged;

describe('A webhook that fails', () => {
  it('comes again at once a few times, then at growing distances of a minute at most', () => {
    const gaps = Array.from({ length: 12 }, (_, failed) => retryGapMs(failed + 1));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect((gaps[0] ?? 0) + (gaps[1] ?? 0) + (gaps[2] ?? 0)).toBeLessThan(SECOND);
    expect(gaps.at(-1)).toBe(MINUTE);
  });

  it('ends the subscription of its Page after an hour, with all that waits', async () => {
    sandbox.receiver.nextStatuses = [...ALL_FAIL];
    await somebodyWrites();
    await attempted(1);
    aheadMs = HOUR - MINUTE;
    await attempted(2);
    expect({ apps: await subscribers(), left: await unacknowledged() }).toEqual({ apps: [APP.id], left: 1 });
    aheadMs = HOUR;
    await attempted(3);
    await sandbox.until(async () => (await unacknowledged()) === 0);
    expect(await subscribers()).toEqual([]);
    sandbox.receiver.nextStatuses = [];
    await somebodyWrites();
    await sandbox.quiet();
    expect(new Set((await attempts()).map(({ status }) => status))).toEqual(new Set([500]));
  });

  it('is dropped after 36 hours where that is set, and the subscription stays', async () => {
    await sandbox.settings({ pageId: page.id, webhookRetry: 'graph' });
    sandbox.receiver.nextStatuses = [...ALL_FAIL];
    await somebodyWrites();
    await attempted(1);
    aheadMs = 36 * HOUR - MINUTE;
    await attempted(2);
    expect(await unacknowledged()).toBe(1);
    aheadMs = 36 * HOUR;
    await attempted(3);
    await sandbox.until(async () => (await unacknowledged()) === 0);
    expect(await subscribers()).toEqual([APP.id]);
    sandbox.receiver.nextStatuses = [];
    await somebodyWrites();
    await sandbox.quiet();
    expect((await attempts()).at(-1)).toEqual({ attempt: 1, status: 200 });
  });

  it('has failed when no answer came within five seconds', async () => {
    sandbox.receiver.nextStatuses = [0];
    const sinceMs = performance.now();
    await somebodyWrites();
    await attempted(1);
    const tookMs = performance.now() - sinceMs;
    expect(tookMs).toBeGreaterThan(5 * SECOND - 50);
    expect(tookMs).toBeLessThan(15 * SECOND);
    await attempted(2);
    expect(await attempts()).toEqual([
      { attempt: 1, status: 0 },
      { attempt: 2, status: 200 },
    ]);
  }, 20_000);
});
