import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { retain } from '../../src/inbox/retention';
import type { TestPage } from './tables-under-test';
import { silent, TablesUnderTest } from './tables-under-test';

let tables: TablesUnderTest;
let page: TestPage;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  page = await tables.addPage();
});
afterAll(() => tables.close());

const addRow = (day: string, state: string, isDone: boolean): Promise<unknown> =>
  tables.rows(
    `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, arrived_at, state, body_sealed, done_at)
     SELECT ${day}, gen_random_uuid(), $1, $2, 0, 'message', now(), now(), $3, '\\x00',
            CASE WHEN $4 THEN now() - interval '30 hours' END`,
    [page.workspaceId, page.id, state, isDone],
  );

const left = async (): Promise<[string, boolean][]> =>
  (
    await tables.rows<{ state: string; has_body: boolean }>(
      'SELECT state, body_sealed IS NOT NULL AS has_body FROM inbox WHERE page_id = $1 ORDER BY seq',
      [page.id],
    )
  ).map((row) => [row.state, row.has_body]);

const partitions = async (): Promise<string[]> =>
  (
    await tables.rows<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'inbox'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => name);

describe('Retention', () => {
  it('makes the partitions of the next days', async () => {
    await retain(tables.worker, silent);
    expect((await partitions()).filter((name) => /^inbox_\d{8}$/.test(name))).toHaveLength(3);
    await retain(tables.worker, silent);
    expect((await partitions()).filter((name) => /^inbox_\d{8}$/.test(name))).toHaveLength(3);
  });

  it('drops old days of which everything is applied', async () => {
    const old = `to_char(CURRENT_DATE - 9, 'YYYYMMDD')`;
    const { name } = await tables.row<{ name: string }>(`SELECT 'inbox_' || ${old} AS name`);
    await tables.rows(
      `DO $$ BEGIN EXECUTE format('CREATE TABLE %I PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)',
        'inbox_' || ${old}, CURRENT_DATE - 9, CURRENT_DATE - 8); END $$`,
    );
    await addRow('CURRENT_DATE - 9', 'dead', false);
    await retain(tables.worker, silent);
    expect(await partitions()).toContain(name);
    await tables.rows(`UPDATE inbox SET state = 'done', done_at = now() WHERE page_id = $1`, [page.id]);
    await retain(tables.worker, silent);
    expect(await partitions()).not.toContain(name);
  });

  it('forgets applied events of the default partition after a week', async () => {
    await addRow('CURRENT_DATE - 8', 'done', true);
    await addRow('CURRENT_DATE - 8', 'applied', true);
    await addRow('CURRENT_DATE - 8', 'pending', false);
    await retain(tables.worker, silent);
    expect((await left()).map(([state]) => state)).toEqual(['applied', 'pending']);
  });

  it('empties bodies that nobody needs, and no others', async () => {
    for (const state of ['ignored', 'unmatched', 'applied']) await addRow('CURRENT_DATE', state, true);
    for (const state of ['pending', 'dead']) await addRow('CURRENT_DATE', state, false);
    await retain(tables.worker, silent);
    expect(await left()).toEqual([
      ['ignored', false],
      ['unmatched', false],
      ['applied', true],
      ['pending', true],
      ['dead', true],
    ]);
  });

  it('forgets event keys after 48 hours and answers after 24', async () => {
    for (const hours of [1, 47, 49]) {
      await tables.rows(
        `INSERT INTO event_keys (page_id, key, written_at) VALUES ($1, $2, now() - $3 * interval '1 hour')`,
        [page.id, Buffer.from([hours]), hours],
      );
    }
    for (const hours of [23, 25]) {
      await tables.rows(
        `INSERT INTO idempotency_keys (workspace_id, operation, key, body_hash, holder, created_at)
         VALUES ($1, 'POST /v1/x', $2, '\\x00', gen_random_uuid(), now() - $3 * interval '1 hour')`,
        [page.workspaceId, String(hours), hours],
      );
    }
    await retain(tables.worker, silent);
    expect(await tables.count('event_keys WHERE page_id = $1', [page.id])).toBe(2);
    expect(await tables.rows('SELECT key FROM idempotency_keys WHERE workspace_id = $1', [page.workspaceId])).toEqual([
      { key: '23' },
    ]);
  });
});
