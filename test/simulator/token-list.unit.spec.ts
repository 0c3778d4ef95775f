import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call, closeConnections, type Answer } from './support/http-client';
import { Sandbox, type TestPage } from './support/sandbox';

let sandbox: Sandbox;
let page: TestPage;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

beforeEach(async () => {
  page = await sandbox.createPage();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

function list(query = ''): Promise<Answer> {
  return sandbox.graph('GET', `/${page.id}/notification_message_tokens${query}`, page.pageToken);
}

/** Follows `next` to the end. */
async function walk(answer: Answer): Promise<string[][]> {
  const tokens = answer.json.data.map((row) => row.notification_messages_token);
  const next = answer.json.paging?.next;
  if (next === undefined) return [tokens];
  return [tokens, ...(await walk(await call('GET', next, { headers: { authorization: `Bearer ${page.pageToken}` } })))];
}

describe('The token list', () => {
  it('comes in pages that end without a next and hold everyone once', async () => {
    const people = await sandbox.createPeople({ pageId: page.id, count: 25 });
    const pages = await walk(await list('?limit=10'));
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(people.map(({ token }) => token));
  });

  it('shows 100 people unless told, at most 1000', async () => {
    await sandbox.createPeople({ pageId: page.id, count: 120 });
    expect((await list()).json.data).toHaveLength(100);
    expect((await list('?limit=1000')).json.data).toHaveLength(120);
    expect((await list('?limit=1001')).json.error?.code).toBe(100);
    expect((await list('?after=!')).json.error?.code).toBe(100);
  });

  it('is ordered by the last change: who changes during a walk comes again at its end', async () => {
    const [first] = await sandbox.createPeople({ pageId: page.id, count: 4 });
    const answer = await list('?limit=2');
    await sandbox.control('POST', `/people/${first?.id ?? ''}/opt-out`);
    const rest = (await walk(answer)).slice(1).flat();
    expect(rest.at(-1)).toBe(first?.token);
    expect(rest).toHaveLength(3);
  });

  it('shows only what was asked for; the next paid moment must be named', async () => {
    const [person] = await sandbox.createPeople({ pageId: page.id, count: 1 });
    const fields = 'notification_messages_token,next_eligible_time_for_paid_messaging';
    const nowSeconds = Math.floor((await sandbox.now()) / 1_000);
    const row = { notification_messages_token: person?.token, next_eligible_time_for_paid_messaging: nowSeconds };
    expect((await list(`?fields=${fields}`)).json.data).toEqual([row]);
    expect((await list()).json.data[0]).not.toHaveProperty('next_eligible_time_for_paid_messaging');
    const campaign = await sandbox.createCampaign({}, { page });
    await sandbox.send(campaign, person?.token ?? '', { page });
    const [cooling] = (await list(`?fields=${fields}`)).json.data;
    expect(cooling?.next_eligible_time_for_paid_messaging).toBe(nowSeconds + 12 * 3_600);
  });

  it('names a person from a contact list by token and audience only', async () => {
    await sandbox.createPeople({ pageId: page.id, source: 'SUBSCRIBER_LIST', list: 'Spring' });
    const [row] = (await list()).json.data;
    expect(Object.keys(row as object).sort()).toEqual([
      'custom_audience_ids',
      'notification_messages_reoptin',
      'notification_messages_token',
      'topic_title',
    ]);
  });

  it('can be asked for sources, and for audiences of a hundred people and more', async () => {
    await sandbox.createPeople({ pageId: page.id, source: 'CTM', count: 2 });
    await sandbox.createPeople({ pageId: page.id, source: 'SUBSCRIBER_LIST', list: 'Large', count: 60 });
    await sandbox.createPeople({ pageId: page.id, source: 'SUBSCRIBER_LIST', list: 'Large', count: 40 });
    await sandbox.createPeople({ pageId: page.id, source: 'SUBSCRIBER_LIST', list: 'Small', count: 99 });
    expect((await list('?opt_in_source=["CTM"]')).json.data).toHaveLength(2);
    const { data } = (await list('?limit=1000')).json;
    const audiences = [...new Set(data.flatMap((row) => row.custom_audience_ids ?? []))];
    const [large, small] = audiences.map((id) => list(`?limit=1000&custom_audience_ids=["${id}"]`));
    expect((await large)?.json.data).toHaveLength(100);
    expect((await small)?.json.data).toHaveLength(0);
  });

  it('shows someone who stopped for a day as disabled, and then no more', async () => {
    const [person] = await sandbox.createPeople({ pageId: page.id, count: 1 });
    await sandbox.control('POST', `/people/${person?.id ?? ''}/opt-out`);
    expect((await list()).json.data[0]?.notification_messages_reoptin).toBe('DISABLED');
    const node = `/notification_messages_${person?.token ?? ''}`;
    expect((await sandbox.graph('GET', node, page.pageToken)).json).toMatchObject({ recipient_id: person?.psid });
    await sandbox.advance('P1D');
    expect((await list()).json.data).toEqual([]);
    expect((await sandbox.graph('GET', node, page.pageToken)).json.error).toMatchObject({
      code: 100,
      error_subcode: 33,
    });
  });
});
