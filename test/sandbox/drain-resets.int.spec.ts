import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readClock } from '../../src/clock/clock-row';
import type { SimulatorControl } from '../../src/clock/simulator-control';
import { drainTemporalLane } from '../../src/outbox/temporal-lane';
import { drainResets } from '../../src/sandbox/reset/drain-resets';
import { uuidV7 } from '../../src/security/uuid-v7';
import { ImaginedSimulator } from '../clock/imagined-simulator';
import type { TestPage } from '../inbox/tables-under-test';
import { eventually, silent, TablesUnderTest } from '../inbox/tables-under-test';
import { RecordedSignals } from '../outbox/recorded-signals';
import { filledTables, fillEveryTable, tenantTables } from './one-row-each';

const FUTURE = new Date('2030-01-01T00:00:00Z');

let tables: TablesUnderTest;
let page: TestPage;
let simulator: ImaginedSimulator;
/** Pages that the simulator was told to empty. */
let emptiedAtMeta: string[];
let isSimulatorDown: boolean;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  for (const table of await tenantTables(tables)) await tables.rows(`TRUNCATE ${table} CASCADE`);
  await tables.rows('UPDATE clock SET base_business_at = $1, base_wall_at = now(), target_at = $1', [FUTURE]);
  page = await tables.addPage();
  simulator = new ImaginedSimulator();
  emptiedAtMeta = [];
  isSimulatorDown = false;
});
afterAll(() => tables.close());

const control = {
  call: (_method: string, _path: string, { pageIds }: { pageIds: string[] }): Promise<object> => {
    if (isSimulatorDown) return Promise.reject(new Error('The simulator is down.'));
    emptiedAtMeta.push(...pageIds);
    return Promise.resolve({});
  },
} as unknown as SimulatorControl;

const ask = (workspaceId: string): Promise<unknown> =>
  tables.rows(
    `INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, body) VALUES ($1, $2, 'sandbox_reset', 'sandbox', $2, '{}')`,
    [uuidV7(), workspaceId],
  );
const drain = (): Promise<number> => drainResets({ dataSource: tables.worker, control, simulator, logger: silent });
const epoch = async (): Promise<number> => (await readClock(tables.owner.manager)).epoch;
const hasGoneBack = async (): Promise<boolean> => (await readClock(tables.owner.manager)).nowMs < FUTURE.getTime();

describe('A reset', () => {
  it('empties every table that belongs to a workspace, but for its keys and what ends its workflows', async () => {
    await fillEveryTable(tables, page.workspaceId);
    const [{ owner_id: ownerId } = { owner_id: '' }] = await tables.rows<{ owner_id: string }>(
      'SELECT owner_id FROM waits',
    );
    await ask(page.workspaceId);
    await drain();
    expect(await filledTables(tables, page.workspaceId)).toEqual(['api_keys', 'outbox']);
    const signals = new RecordedSignals();
    await drainTemporalLane(tables.worker, signals);
    expect(signals).toMatchObject({ started: [], ended: [{ ownerId, ownerKind: 'campaign' }] });
    expect(await filledTables(tables, page.workspaceId)).toEqual(['api_keys']);
  });

  it('touches no row of another workspace, and leaves the clock to it', async () => {
    const other = await tables.addPage();
    await fillEveryTable(tables, other.workspaceId);
    const before = await epoch();
    await ask(page.workspaceId);
    await drain();
    expect(await filledTables(tables, other.workspaceId)).toEqual(await tenantTables(tables));
    expect(await hasGoneBack()).toBe(false);
    expect(await epoch()).toBe(before);
    expect(emptiedAtMeta).toEqual([page.metaPageId]);
  });

  it('leaves a Page in the simulator that another workspace has connected too', async () => {
    await tables.addPage({ metaPageId: page.metaPageId });
    await ask(page.workspaceId);
    await drain();
    expect(emptiedAtMeta).toEqual([]);
    expect(await tables.count('pages')).toBe(1);
  });

  it('sets the clock back where nobody else has a Page, under a new epoch, and the one of the simulator with it', async () => {
    const before = await epoch();
    await ask(page.workspaceId);
    await drain();
    const clock = await readClock(tables.owner.manager);
    expect(clock).toMatchObject({ epoch: before + 1, running: true, targetMs: null });
    expect(Math.abs(clock.nowMs - Date.now())).toBeLessThan(60_000);
    expect(Math.abs((simulator.settings.at(-1)?.nowMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('that was interrupted goes on where it was and empties nothing that was made since', async () => {
    isSimulatorDown = true;
    await ask(page.workspaceId);
    await drain();
    expect(await tables.row('SELECT tries, last_error FROM outbox')).toEqual({ tries: 1, last_error: 'Error' });
    const since = await tables.addPage({ workspaceId: page.workspaceId });
    isSimulatorDown = false;
    await tables.rows('UPDATE outbox SET try_at = now()');
    await drain();
    expect(emptiedAtMeta).toEqual([page.metaPageId]);
    expect(await tables.rows('SELECT id FROM pages')).toEqual([{ id: since.id }]);
    expect(await tables.count('outbox')).toBe(0);
    expect(await hasGoneBack()).toBe(false);
  });

  it('takes away what a transaction that had begun before it writes while it runs', async () => {
    const straggler = tables.owner.createQueryRunner();
    await straggler.startTransaction();
    await straggler.query(
      `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, arrived_at)
       VALUES (CURRENT_DATE, gen_random_uuid(), $1, $2, 0, 'message', now(), now())`,
      [page.workspaceId, page.id],
    );
    await ask(page.workspaceId);
    const draining = drain();
    await eventually(async () => (await tables.count('pages')) === 0);
    await straggler.query(`INSERT INTO subscribers (id, workspace_id, page_id, source) VALUES ($1, $2, $3, 'wrote')`, [
      uuidV7(),
      page.workspaceId,
      page.id,
    ]);
    await straggler.commitTransaction();
    await straggler.release();
    await draining;
    expect(await filledTables(tables, page.workspaceId)).toEqual([]);
  });

  it('waits for a transaction that works on one of its rows', async () => {
    const campaignId = await tables.addCampaign(page);
    const claim = tables.owner.createQueryRunner();
    await claim.startTransaction();
    await claim.query('SELECT id FROM campaigns WHERE id = $1 FOR SHARE', [campaignId]);
    await ask(page.workspaceId);
    const draining = drain();
    await eventually(
      async () =>
        (await tables.count(`pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`)) > 0,
    );
    await claim.query(
      `INSERT INTO batches (id, workspace_id, campaign_id, kind) VALUES (gen_random_uuid(), $1, $2, 'chosen')`,
      [page.workspaceId, campaignId],
    );
    await claim.commitTransaction();
    await claim.release();
    await draining;
    expect(await filledTables(tables, page.workspaceId)).toEqual([]);
  });

  it('keeps the answers to its own key, so that asking again with it begins nothing anew', async () => {
    await tables.rows(
      `INSERT INTO idempotency_keys (workspace_id, operation, key, body_hash, holder)
       SELECT $1, operation, 'k', '', gen_random_uuid()
         FROM unnest(ARRAY['POST /v1/sandbox/reset', 'POST /v1/campaigns']) AS operation`,
      [page.workspaceId],
    );
    await ask(page.workspaceId);
    await drain();
    expect(await tables.rows('SELECT operation FROM idempotency_keys')).toEqual([
      { operation: 'POST /v1/sandbox/reset' },
    ]);
  });
});
