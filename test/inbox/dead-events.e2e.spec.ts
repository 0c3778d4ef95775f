import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InboxDrainer } from '../../src/inbox/drainer';
import { inboxLane } from '../../src/inbox/inbox-lane';
import { ingest } from '../../src/inbox/ingest';
import { retain } from '../../src/inbox/retention';
import { inTransaction } from '../../src/persistence/database';
import { eventsOf, message } from './meta-events';
import type { TestPage } from './tables-under-test';
import { silent, TablesUnderTest } from './tables-under-test';

/** Protocol §7.2. */
const MOST_TRIES = 8;

let tables: TablesUnderTest;
let page: TestPage;
let drainer: InboxDrainer;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
  page = await tables.addPage();
  drainer = new InboxDrainer({ dataSource: tables.worker, envelope: tables.envelope, logger: silent });
});
afterAll(() => tables.close());

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The operator's program, as `npm run herald` starts it. */
const herald = (...args: readonly string[]): Promise<Told> =>
  new Promise((done) => {
    const options = { env: { ...process.env, DATABASE_URL: tables.url } };
    execFile(process.execPath, [resolve('dist/src/cli/main.js'), 'herald', ...args], options, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code), stdout: out, stderr: err });
    });
  });

const listed = async (): Promise<unknown> => JSON.parse((await herald('inbox', 'list', '--json')).stdout) as unknown;

/** So many people whose events share a lane; Meta has no person 0. */
function laneMates(count: number): string[] {
  const mates: string[] = [];
  for (let n = 1; mates.length < count; n += 1) {
    const hash = tables.lookup.of('psid', String(n), page.id).toString('hex');
    if (inboxLane(page.id, hash) === 0) mates.push(String(n));
  }
  return mates;
}

async function drain(): Promise<void> {
  while ((await drainer.round()) === 0);
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly try_at: Date | null;
  readonly body_sealed: Buffer | null;
}

const inbox = (): Promise<Row[]> => tables.rows<Row>('SELECT * FROM inbox WHERE page_id = $1 ORDER BY seq', [page.id]);

const setBody = (id: string, body: Buffer | null): Promise<unknown> =>
  tables.rows('UPDATE inbox SET body_sealed = $2 WHERE id = $1', [id, body]);

const tryAt = (id: string, moment: string): Promise<unknown> =>
  tables.rows(`UPDATE inbox SET try_at = ${moment} WHERE id = $1`, [id]);

function theOnly(rows: readonly Row[]): Row {
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) throw new Error(`${rows.length} rows in place of one`);
  return row;
}

describe('An event that cannot be applied', () => {
  let bad: Row;

  beforeAll(async () => {
    const events = laneMates(5).map((psid) => message(psid));
    await inTransaction(tables.ingest, (manager) =>
      ingest(manager, [eventsOf(page.metaPageId, ...events)], { ...tables, appIds: new Set() }),
    );
    const [, , third] = await inbox();
    bad = theOnly(third === undefined ? [] : [third]);
    await setBody(bad.id, Buffer.from([0]));
  });

  it('lets those behind it in its lane pass, and gets a later moment with every try', async () => {
    let beforeMs = Date.now();
    await drainer.round();
    expect((await inbox()).map(({ state }) => state)).toEqual(['done', 'done', 'pending', 'done', 'done']);
    for (let tries = 1; tries < MOST_TRIES; tries += 1) {
      const row = theOnly((await inbox()).filter(({ id }) => id === bad.id));
      expect(row).toMatchObject({ state: 'pending', tries });
      expect((row.try_at?.getTime() ?? 0) - beforeMs).toBeGreaterThanOrEqual(1_000 * 2 ** (tries - 1));
      await tryAt(bad.id, `now() + interval '1 hour'`);
      await drain();
      expect((await inbox()).find(({ id }) => id === bad.id)?.tries).toBe(tries);
      await tryAt(bad.id, 'now()');
      beforeMs = Date.now();
      await drainer.round();
    }
    expect((await inbox()).find(({ id }) => id === bad.id)).toMatchObject({ state: 'dead', tries: MOST_TRIES });
  });

  it('is counted for the operator once it is dead', async () => {
    const said: unknown[] = [];
    await retain(tables.worker, { ...silent, warn: (facts: object) => said.push(facts) });
    expect(said).toEqual([{ pending: 0, dead: 1, unmatched: 0 }]);
  });

  it('is listed by the operator’s program and, once mended, replayed by it', async () => {
    expect(await listed()).toMatchObject([{ id: bad.id, kind: 'message', tries: MOST_TRIES, pageId: page.id }]);
    await setBody(bad.id, bad.body_sealed);
    expect(await herald('inbox', 'replay', bad.id)).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([]);
    await drain();
    expect(new Set((await inbox()).map(({ state }) => state))).toEqual(new Set(['done']));
    expect(await tables.count('subscribers WHERE page_id = $1 AND window_until IS NOT NULL', [page.id])).toBe(5);
  });

  it('is not replayed twice', async () => {
    const told = await herald('inbox', 'replay', bad.id);
    expect(told.code).toBe(1);
    expect(told.stderr).toContain(`${bad.id} is no dead event`);
  });
});
