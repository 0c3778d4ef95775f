import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import { inTransaction } from '../../src/persistence/database';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TestPage } from '../inbox/tables-under-test';
import { TablesUnderTest } from '../inbox/tables-under-test';
import { askForImport, importNext } from './asked-imports';
import { listed, MetaList, refused, row } from './meta-list';

let tables: TablesUnderTest;
let page: TestPage;
let list: MetaList;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  await tables.rows('DELETE FROM page_syncs');
  page = await tables.addPage();
  list = new MetaList();
});
afterAll(() => tables.close());

interface Sync {
  state: string;
  seen: number;
  added: number;
  changed: number;
  gone: number;
  error: string | null;
}

const sync = async (): Promise<Sync> => {
  const id = await askForImport(tables, page);
  await importNext(tables, list);
  return tables.row<Sync>('SELECT state, seen, added, changed, gone, error FROM page_syncs WHERE id = $1', [id]);
};

interface Person {
  id: string;
  consent: string;
  consent_at: Date | null;
  source: string;
  token_id: string | null;
  paid_slot_until: Date | null;
  paid_slot_send: string | null;
  meta_paid_until: Date | null;
  meta_paid_rule: string | null;
  rev: number;
}

const people = (): Promise<Person[]> =>
  tables.rows('SELECT * FROM subscribers WHERE page_id = $1 ORDER BY id', [page.id]);
const person = async (): Promise<Person> => {
  const [only, ...others] = await people();
  if (only === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} people.`);
  return only;
};

const optOut = ({ id }: Person, source: string, atMs = Date.now()): Promise<unknown> =>
  inTransaction(tables.owner, (manager) =>
    applyOptOuts(manager, [
      { workspaceId: page.workspaceId, pageId: page.id, subscriberId: id, atMs, source, tellMeta: false },
    ]),
  );

describe('An import', () => {
  it('makes people with consent and token at once, and starts no workflow', async () => {
    const paidAtMs = Date.now() + 3_600_000;
    list.pages = [[row('A', { nextPaidAtMs: paidAtMs })], [listed('B')]];
    expect(await sync()).toEqual({ state: 'done', seen: 2, added: 2, changed: 0, gone: 0, error: null });
    const [fromChat, fromList] = await people();
    expect(fromChat).toMatchObject({
      consent: 'granted',
      source: 'opt_in',
      meta_paid_until: new Date(paidAtMs),
      meta_paid_rule: 'R-08',
    });
    expect(fromList).toMatchObject({ consent: 'granted', source: 'contact_list' });
    const tokens = await tables.rows<{ id: string; sealed: Buffer; state: string }>(
      'SELECT id, sealed, state FROM subscriber_tokens WHERE page_id = $1 ORDER BY subscriber_id',
      [page.id],
    );
    expect(
      tokens.map(({ sealed }) => tables.envelope.open(sealed, `subscriber_tokens.token:${page.id}`).toString()),
    ).toEqual(['A', 'B']);
    expect([fromChat?.token_id, fromList?.token_id]).toEqual(tokens.map(({ id }) => id));
    expect(await tables.count('outbox WHERE page_id = $1', [page.id])).toBe(0);
    expect(
      await tables.rows('SELECT DISTINCT kind, source, applied FROM consent_events WHERE page_id = $1', [page.id]),
    ).toEqual([{ kind: 'opt_in', source: 'import', applied: true }]);
  });

  it('repeated changes nothing', async () => {
    list.pages = [[row('A', { nextPaidAtMs: Date.now() + 60_000, timeZone: 'Asia/Bangkok' }), listed('B')]];
    await sync();
    const before = await people();
    expect(await sync()).toMatchObject({ seen: 2, added: 0, changed: 0, gone: 0 });
    expect(await people()).toEqual(before);
    expect(await tables.count('consent_events WHERE page_id = $1', [page.id])).toBe(2);
  });

  it('knows how people came where Meta says it', async () => {
    list.bySource = { CTM: [row('A')], COMMENT_AUTOMATION: [row('B')] };
    list.pages = [[row('A'), row('B'), row('C')]];
    expect(await sync()).toMatchObject({ seen: 3, added: 3 });
    expect((await people()).map(({ source }) => source).sort()).toEqual(['comment', 'ctm', 'opt_in']);
  });

  it('finds topics by their title', async () => {
    const topicId = uuidV7();
    await tables.rows(
      `INSERT INTO topics (id, workspace_id, page_id, title, title_key, expectation) VALUES ($1, $2, $3, 'New arrivals', 'new arrivals', 'x')`,
      [topicId, page.workspaceId, page.id],
    );
    list.pages = [[row('A', { topicTitle: 'New  Arrivals' }), row('B', { topicTitle: 'Another' })]];
    await sync();
    expect(
      await tables.rows('SELECT topic_id, ended_at FROM subscriber_topics WHERE workspace_id = $1', [page.workspaceId]),
    ).toEqual([{ topic_id: topicId, ended_at: null }]);
  });

  it('gives the token of a contact list to the person that Meta names later', async () => {
    list.pages = [[listed('A')]];
    await sync();
    const before = await person();
    list.pages = [[row('A')]];
    await sync();
    expect(await person()).toMatchObject({ id: before.id, token_id: before.token_id });
    expect(await tables.count(`subscriber_identities WHERE subscriber_id = $1 AND kind = 'psid'`, [before.id])).toBe(1);
  });

  it('moves a token from another row to the person it names, and the spacing with it', async () => {
    list.pages = [[listed('A'), row('B', { psid: 'P' })]];
    await sync();
    const slot = new Date(Date.now() + 3_600_000);
    await tables.rows(
      `UPDATE subscribers SET paid_slot_until = $2, paid_slot_send = gen_random_uuid() WHERE page_id = $1 AND source = 'contact_list'`,
      [page.id, slot],
    );
    list.pages = [[row('A', { psid: 'P' })]];
    await sync();
    const [named, holder] = (await people()).sort((a, b) => (a.source > b.source ? -1 : 1));
    expect([named?.source, holder?.source]).toEqual(['opt_in', 'contact_list']);
    expect(holder?.token_id).toBeNull();
    expect(named).toMatchObject({ paid_slot_until: slot, paid_slot_send: null });
    expect(await tables.count(`subscriber_tokens WHERE subscriber_id = $1 AND state = 'active'`, [named?.id])).toBe(1);
  });

  it('streams any number of pages', async () => {
    list.pages = Array.from({ length: 5 }, (_, at) => Array.from({ length: 400 }, (_row, n) => row(`T${at}-${n}`)));
    expect(await sync()).toMatchObject({ state: 'done', seen: 2_000, added: 2_000 });
  });
});

describe('Somebody who left', () => {
  beforeEach(async () => {
    list.pages = [[row('A', { createdAtMs: Date.now() - 86_400_000 })]];
    await sync();
    await tables.rows(`UPDATE subscribers SET consent_at = now() - interval '1 hour' WHERE page_id = $1`, [page.id]);
  });

  it.each(['word', 'api', 'send_error'])('by %s is not revived by a list that still shows them', async (source) => {
    await optOut(await person(), source, Date.now() - 60_000);
    expect(await sync()).toMatchObject({ added: 0, changed: 0 });
    expect((await person()).consent).toBe('revoked');
  });

  it('while the import runs is not revived', async () => {
    const { id } = await person();
    await tables.rows(`UPDATE subscribers SET consent = 'none', consent_at = NULL WHERE id = $1`, [id]);
    list.beforePage = async () => {
      await optOut(await person(), 'word', Date.now() + 60_000);
      return undefined;
    };
    await sync();
    expect((await person()).consent).toBe('revoked');
  });

  it('is back once they subscribed again after that', async () => {
    await optOut(await person(), 'word', Date.now() - 60_000);
    list.pages = [[row('A', { createdAtMs: Date.now() - 30_000 })]];
    expect(await sync()).toMatchObject({ changed: 1 });
    expect((await person()).consent).toBe('granted');
  });

  it('at Meta is shown as stopped: register, topics and token end', async () => {
    list.pages = [[row('A', { active: false })]];
    expect(await sync()).toMatchObject({ added: 0, gone: 1 });
    expect((await person()).consent).toBe('revoked');
    expect(
      await tables.rows('SELECT state, ended_reason FROM subscriber_tokens WHERE page_id = $1', [page.id]),
    ).toEqual([{ state: 'ended', ended_reason: 'stopped' }]);
    expect(await tables.count('outbox WHERE page_id = $1', [page.id])).toBe(0);
  });

  it('at Meta is told to the workflow only where it is open', async () => {
    const { id } = await person();
    await tables.rows('UPDATE subscribers SET workflow_open = true WHERE id = $1', [id]);
    list.pages = [[row('A', { active: false })]];
    await sync();
    expect(
      await tables.rows(`SELECT owner_id, body->>'signal' AS signal FROM outbox WHERE page_id = $1`, [page.id]),
    ).toEqual([{ owner_id: id, signal: 'optedOut' }]);
  });

  it('at Meta but opted in since the list was asked for stays', async () => {
    list.pages = [[row('A', { active: false })]];
    list.beforePage = async () => {
      await tables.rows('UPDATE subscribers SET consent_at = $2 WHERE page_id = $1', [
        page.id,
        new Date(Date.now() + 60_000),
      ]);
      return undefined;
    };
    expect(await sync()).toMatchObject({ gone: 0 });
    expect((await person()).consent).toBe('granted');
    expect(await tables.count(`subscriber_tokens WHERE page_id = $1 AND state = 'active'`, [page.id])).toBe(1);
  });

  it('before we knew them has a row that says so', async () => {
    list.pages = [[row('A'), row('B', { active: false })]];
    expect(await sync()).toMatchObject({ added: 1 });
    expect((await people()).map(({ consent }) => consent)).toEqual(['granted', 'revoked']);
  });
});

describe('A token that the list does not show', () => {
  beforeEach(async () => {
    list.pages = [[row('A'), row('B')]];
    await sync();
  });

  it('has vanished when Meta does not know it either', async () => {
    list.pages = [[row('A')]];
    expect(await sync()).toMatchObject({ seen: 1, gone: 1 });
    expect(
      await tables.rows('SELECT state, ended_reason FROM subscriber_tokens WHERE page_id = $1 ORDER BY id', [page.id]),
    ).toEqual([
      { state: 'active', ended_reason: null },
      { state: 'ended', ended_reason: 'vanished' },
    ]);
    expect((await people()).map(({ consent }) => consent)).toEqual(['granted', 'granted']);
  });

  it('was only missed when Meta still has it', async () => {
    list.pages = [[row('A')]];
    list.hidden = [row('B')];
    expect(await sync()).toMatchObject({ seen: 2, added: 0, gone: 0 });
    expect(list.read).toEqual(['B']);
    expect(await tables.count(`subscriber_tokens WHERE page_id = $1 AND state = 'active'`, [page.id])).toBe(2);
  });

  it('and came while the list was read is not missing', async () => {
    list.pages = [[row('A'), row('B')]];
    list.beforePage = async () => {
      await tables.rows(
        `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
         SELECT gen_random_uuid(), workspace_id, page_id, id, '\\x07', '\\x00', 'opt_in' FROM subscribers WHERE page_id = $1 LIMIT 1`,
        [page.id],
      );
      return undefined;
    };
    expect(await sync()).toMatchObject({ gone: 0 });
    expect(list.read).toEqual([]);
  });
});

describe('An import that is interrupted', () => {
  it('sees everybody again and still counts whom it had added before', async () => {
    list.pages = [[row('A')], [row('B')]];
    list.beforePage = (at) => Promise.resolve(at === 1 ? { kind: 'unknown', reason: 'connection_lost' } : undefined);
    expect(await sync()).toMatchObject({ state: 'running', seen: 1, added: 1 });
    list.beforePage = () => Promise.resolve(undefined);
    await tables.rows(`UPDATE page_syncs SET renewed_at = renewed_at - interval '10 seconds'`);
    await importNext(tables, list);
    expect(await tables.rows('SELECT state, seen, added FROM page_syncs')).toEqual([
      { state: 'done', seen: 2, added: 2 },
    ]);
  });

  it('is taken over after its lease, and the slow runner writes nothing more', async () => {
    list.pages = [[row('A')], [row('B')]];
    let isFirst = true;
    list.beforePage = async (at) => {
      if (at === 1 && isFirst) {
        isFirst = false;
        await tables.rows(`UPDATE page_syncs SET renewed_at = now() - interval '31 seconds'`);
        await importNext(tables, list);
      }
      return undefined;
    };
    expect(await sync()).toMatchObject({ state: 'done', seen: 2, added: 2 });
    expect(await people()).toHaveLength(2);
  });

  it('is left alone while another runs it', async () => {
    list.pages = [[row('A')]];
    await askForImport(tables, page);
    await tables.rows('UPDATE page_syncs SET renewed_at = now()');
    expect(await importNext(tables, list)).toBeGreaterThan(0);
    expect(await people()).toHaveLength(0);
  });

  it('fails when Meta refuses the list, not when it asks to wait', async () => {
    list.pages = [[row('A')]];
    list.beforePage = () => Promise.resolve(refused(190));
    expect(await sync()).toMatchObject({ state: 'failed', error: 'Meta refused the list: code 190.' });
    list.beforePage = () => Promise.resolve(refused(2_300_080));
    expect(await sync()).toMatchObject({ state: 'running' });
    await tables.rows(`UPDATE page_syncs SET renewed_at = NULL, created_at = now() - interval '16 minutes'`);
    await importNext(tables, list);
    expect(await tables.count(`page_syncs WHERE state = 'running'`)).toBe(0);
  });
});
