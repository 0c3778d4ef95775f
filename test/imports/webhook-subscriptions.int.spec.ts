import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PageAddress, SubscribedApp } from '../../src/graph-api/calls/page';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { WebhookSubscriptions } from '../../src/imports/webhook-subscriptions';
import type { TestPage } from '../inbox/tables-under-test';
import { silent, TablesUnderTest } from '../inbox/tables-under-test';
import { askForImport, importNext } from './asked-imports';
import { MetaList, ok, refused, row } from './meta-list';

const APP_ID = '55';
const MINUTE_MS = 60_000;

/** Meta's side of subscriptions: which applications hear about which Page. */
class MetaSubscriptions {
  readonly apps = new Map<string, SubscribedApp[]>();
  readonly subscribed: string[] = [];
  /** Runs when Herald subscribes; an answer of its own takes the place of Meta's. */
  onSubscribe: (metaPageId: string) => Promise<GraphResult<never> | undefined> = () => Promise.resolve(undefined);

  readSubscribedApps({ metaPageId }: PageAddress): Promise<GraphResult<SubscribedApp[]>> {
    const value = this.apps.get(metaPageId);
    return Promise.resolve(value === undefined ? refused(190) : ok(value));
  }

  async subscribeApp({ metaPageId }: PageAddress): Promise<GraphResult<true>> {
    this.subscribed.push(metaPageId);
    const other = await this.onSubscribe(metaPageId);
    if (other !== undefined) return other;
    this.apps.set(metaPageId, [{ appId: APP_ID, fields: ['messages', 'messaging_optins'] }]);
    return ok(true);
  }
}

let tables: TablesUnderTest;
let page: TestPage;
let meta: MetaSubscriptions;
let list: MetaList;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  await tables.rows('DELETE FROM page_syncs');
  await tables.rows('UPDATE pages SET disconnected_at = now()');
  page = await tables.addPage();
  meta = new MetaSubscriptions();
  meta.apps.set(page.metaPageId, []);
  list = new MetaList();
});
afterAll(() => tables.close());

const keeper = (appIds: readonly string[] = [APP_ID]): WebhookSubscriptions =>
  new WebhookSubscriptions({
    dataSource: tables.worker,
    graph: meta,
    envelope: tables.envelope,
    logger: silent,
    appIds: new Set(appIds),
  });

const look = (one = keeper()): Promise<number> => one.round(new AbortController().signal);

interface Sync {
  id: string;
  state: string;
  page_id: string;
  may_begin: boolean;
}

const syncs = (): Promise<Sync[]> =>
  tables.rows(
    `SELECT id, state, page_id, renewed_at < clock_timestamp() - interval '30 s' AS may_begin FROM page_syncs ORDER BY id`,
  );

const consentOf = async ({ id }: TestPage): Promise<string[]> => {
  const people = await tables.rows<{ consent: string }>('SELECT consent FROM subscribers WHERE page_id = $1', [id]);
  return people.map(({ consent }) => consent);
};

describe('A Page whose webhooks Meta stopped sending', () => {
  it('is subscribed again, and who left meanwhile is heard of', async () => {
    list.pages = [[row('A')]];
    await look();
    await importNext(tables, list);
    expect(await consentOf(page)).toEqual(['granted']);

    meta.apps.set(page.metaPageId, []);
    list.pages = [[row('A', { active: false })]];
    expect(await look()).toBe(15 * MINUTE_MS);
    await importNext(tables, list);
    expect(meta.subscribed).toEqual([page.metaPageId, page.metaPageId]);
    expect(await consentOf(page)).toEqual(['revoked']);
    expect((await syncs()).map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('is left alone while it is subscribed', async () => {
    meta.apps.set(page.metaPageId, [{ appId: APP_ID, fields: ['messages'] }]);
    expect(await look()).toBe(15 * MINUTE_MS);
    expect([meta.subscribed, await syncs()]).toEqual([[], []]);
  });

  it('is told from one that only other applications hear of, with and without the id of ours', async () => {
    meta.apps.set(page.metaPageId, [{ appId: '66', fields: ['messages'] }]);
    await look(keeper());
    meta.apps.set(page.metaPageId, [{ appId: '66', fields: ['messages'] }]);
    await look(keeper([]));
    expect(meta.subscribed).toHaveLength(2);
    meta.apps.set(page.metaPageId, [{ appId: '66', fields: ['messages', 'messaging_optins'] }]);
    await look(keeper([]));
    expect(meta.subscribed).toHaveLength(2);
  });

  it('is imported with the list as it is once Meta sends again, beside an import under way', async () => {
    list.pages = [[row('A')], [row('B')]];
    list.beforePage = async (nth) => {
      if (nth === 1) {
        list.beforePage = () => Promise.resolve(undefined);
        await look();
        list.pages = [[row('B')]];
      }
      return undefined;
    };
    let during: Sync[] = [];
    meta.onSubscribe = async () => {
      await importNext(tables, list);
      during = await syncs();
      return undefined;
    };
    await askForImport(tables, page);
    await importNext(tables, list);
    await importNext(tables, list);
    expect(during.map((one) => [one.state, one.may_begin])).toEqual([
      ['running', false],
      ['running', false],
    ]);
    expect((await syncs()).map(({ state }) => state)).toEqual(['done', 'done']);
    const tokens = await tables.rows<{ state: string }>(
      'SELECT state FROM subscriber_tokens WHERE page_id = $1 ORDER BY state',
      [page.id],
    );
    expect(tokens.map(({ state }) => state)).toEqual(['active', 'ended']);
  });

  it('is imported although the worker died between the two', async () => {
    meta.onSubscribe = (metaPageId) => {
      meta.apps.set(metaPageId, [{ appId: APP_ID, fields: [] }]);
      throw new Error('the process died');
    };
    await look();
    const [owed] = await syncs();
    expect(owed).toMatchObject({ state: 'running', may_begin: false });
    await look();
    await tables.rows(`UPDATE page_syncs SET renewed_at = renewed_at - interval '90 s'`);
    await importNext(tables, list);
    expect(await syncs()).toEqual([{ ...owed, state: 'done', may_begin: expect.anything() }]);
  });

  it('is imported once more when the import did not wait for an answer that came late', async () => {
    meta.onSubscribe = async () => {
      await tables.rows(`UPDATE page_syncs SET renewed_at = renewed_at - interval '90 s'`);
      await importNext(tables, list);
      return undefined;
    };
    await look();
    expect((await syncs()).map(({ state }) => state)).toEqual(['done', 'running']);
  });

  it('keeps the id of an import that somebody was told while it waited', async () => {
    let told: Sync[] = [];
    meta.onSubscribe = async () => {
      told = await syncs();
      return undefined;
    };
    await look();
    expect(told).toMatchObject([{ state: 'running', may_begin: false }]);
    expect(await syncs()).toEqual([{ ...told[0], may_begin: true }]);
  });

  it('is imported for every workspace that has connected it, and for none that has left it', async () => {
    const other = await tables.addPage({ metaPageId: page.metaPageId });
    await tables.addPage({ metaPageId: page.metaPageId, disconnectedAt: new Date() });
    await look();
    expect(meta.subscribed).toContain(page.metaPageId);
    expect(new Set((await syncs()).map(({ page_id: id }) => id))).toEqual(new Set([page.id, other.id]));
  });

  it('has at most one import waiting behind one that runs, however often Meta refuses', async () => {
    meta.onSubscribe = () => Promise.resolve(refused(200));
    for (let nth = 0; nth < 4; nth += 1) await look();
    expect(await syncs()).toHaveLength(2);
    meta.onSubscribe = () => Promise.resolve(undefined);
    await look();
    expect((await syncs()).filter((one) => one.may_begin)).toHaveLength(1);
  });

  it('is not imported again and again where Meta does not show what it subscribed', async () => {
    const one = keeper(['77']);
    await look(one);
    await importNext(tables, list);
    expect(await look(one)).toBeLessThan(15 * MINUTE_MS);
    expect(meta.subscribed).toHaveLength(2);
    expect((await syncs()).map(({ state }) => state)).toEqual(['done']);
  });

  it('is tried again soon when Meta refuses, later each time, and holds up no other', async () => {
    const others = [await tables.addPage(), await tables.addPage({ tokenSealed: Buffer.from('nobody can open this') })];
    meta.apps.set(others[0]?.metaPageId ?? '', []);
    meta.onSubscribe = (metaPageId) => Promise.resolve(metaPageId === page.metaPageId ? refused(2200) : undefined);
    const one = keeper();
    const naps = [];
    for (let nth = 0; nth < 8; nth += 1) naps.push(await look(one));
    expect(naps.map((ms) => ms / 1_000)).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
    expect(meta.apps.get(others[0]?.metaPageId ?? '')).toHaveLength(1);
    meta.onSubscribe = () => Promise.resolve(undefined);
    await tables.rows('UPDATE pages SET disconnected_at = now() WHERE id = $1', [others[1]?.id]);
    expect(await look(one)).toBe(15 * MINUTE_MS);
    expect(meta.apps.get(page.metaPageId)).toHaveLength(1);
  });

  it('is found behind more Pages than are read at a time', async () => {
    const pages = [];
    for (let nth = 0; nth < 201; nth += 1) pages.push(await tables.addPage({ workspaceId: page.workspaceId }));
    for (const { metaPageId } of pages) meta.apps.set(metaPageId, []);
    await look();
    expect(new Set(meta.subscribed).size).toBe(202);
  });
});
