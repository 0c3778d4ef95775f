import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readClock, restartClock } from '../../src/clock/clock-row';
import { clockStatus } from '../../src/clock/clock-status';
import { ClockDriver } from '../../src/clock/driver';
import type { SimulatorClock } from '../../src/clock/simulator-clock';
import { inTenantTransaction } from '../../src/persistence/database';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TestPage } from '../inbox/tables-under-test';
import { silent, TablesUnderTest } from '../inbox/tables-under-test';
import { RecordedSignals } from '../outbox/recorded-signals';
import { ImaginedSimulator, noSimulator } from './imagined-simulator';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** A moment long ahead, so that the wall clock never reaches it. */
const START = Date.parse('2030-01-01T00:00:00Z');

let tables: TablesUnderTest;
let page: TestPage;
let signals: RecordedSignals;
let visited: { ownerId: string; atMs: number }[];

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
afterAll(() => tables.close());

beforeEach(async () => {
  for (const table of ['waits', 'outbox', 'inbox', 'sends', 'campaigns', 'batches', 'opt_in_requests']) {
    await tables.rows(`DELETE FROM ${table}`);
  }
  page = await tables.addPage();
  visited = [];
  signals = new RecordedSignals();
  signals.during = async ({ ownerId }) => {
    const { nowMs } = await readClock(tables.owner.manager);
    visited.push({ ownerId, atMs: nowMs });
    await act(ownerId, null);
  };
  await setClock(START, true);
});

const setClock = (atMs: number, running: boolean, targetMs: number | null = null): Promise<unknown> =>
  tables.rows(
    'UPDATE clock SET base_business_at = $1, base_wall_at = clock_timestamp(), running = $2, target_at = $3 WHERE id = 1',
    [new Date(atMs), running, targetMs === null ? null : new Date(targetMs)],
  );

/** As a workflow says that it has acted, and when it is due next. */
const act = (ownerId: string, nextMs: number | null): Promise<unknown> =>
  tables.rows('UPDATE waits SET acted_seq = wake_seq, next_due_at = $2 WHERE owner_id = $1', [
    ownerId,
    nextMs === null ? null : new Date(nextMs),
  ]);

const owner = async (dueMs: number | null, owed = 0): Promise<string> => {
  const id = uuidV7();
  await tables.rows(
    `INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq, next_due_at)
     VALUES ($1, $2, $3, 'subscriber', $4, $5)`,
    [id, page.workspaceId, page.id, owed, dueMs === null ? null : new Date(dueMs)],
  );
  return id;
};

const aDriver = (simulator: SimulatorClock = noSimulator): ClockDriver =>
  new ClockDriver({ dataSource: tables.worker, signals, simulator, logger: silent });

const isThere = async (): Promise<boolean> => (await readClock(tables.owner.manager)).targetMs === null;

/** Rounds until the clock is where it was to go. @returns how many */
async function drive(driver: ClockDriver, most = 2_000): Promise<number> {
  for (let rounds = 1; rounds <= most; rounds += 1) {
    await driver.round();
    if (await isThere()) return rounds;
  }
  throw new Error('The clock does not get there.');
}

describe('The driver', () => {
  it('stops at every due moment in the order of time, and lets the clock run on from its target', async () => {
    const late = await owner(START + 5 * HOUR);
    const early = await owner(START + HOUR);
    const middle = await owner(START + 2 * HOUR + 1);
    await setClock(START, true, START + 6 * HOUR);
    await drive(aDriver());
    expect(visited).toEqual([
      { ownerId: early, atMs: START + HOUR },
      { ownerId: middle, atMs: START + 2 * HOUR + 1 },
      { ownerId: late, atMs: START + 5 * HOUR },
    ]);
    const clock = await readClock(tables.owner.manager);
    expect(clock).toMatchObject({ running: true, targetMs: null });
    expect(clock.nowMs - (START + 6 * HOUR)).toBeLessThan(10_000);
    expect(clock.nowMs).toBeGreaterThanOrEqual(START + 6 * HOUR);
  });

  it('tells the simulator anew where it stands when the clock was set back', async () => {
    const simulator = new ImaginedSimulator();
    const driver = aDriver(simulator);
    await driver.round();
    await driver.round();
    expect(simulator.settings).toHaveLength(1);
    await tables.rows('DELETE FROM pages');
    await restartClock(tables.worker.manager);
    await driver.round();
    expect(simulator.settings).toHaveLength(2);
    expect(Math.abs(simulator.nowMs - Date.now())).toBeLessThan(60_000);
  });

  it('skips no moment that somebody comes upon on the way', async () => {
    const daily = await owner(START + 24 * HOUR);
    const days: number[] = [];
    signals.during = async ({ ownerId }) => {
      const { nowMs } = await readClock(tables.owner.manager);
      days.push((nowMs - START) / HOUR);
      await act(ownerId, nowMs + 24 * HOUR);
    };
    await setClock(START, true, START + 30 * 24 * HOUR);
    await drive(aDriver());
    expect(days).toEqual(Array.from({ length: 30 }, (_, day) => (day + 1) * 24));
    expect(daily).toBeDefined();
  });

  it('leaves no moment while somebody has not acted', async () => {
    const slow = await owner(START + HOUR);
    let calls = 0;
    signals.during = () => {
      calls += 1;
      return Promise.resolve();
    };
    await setClock(START, true, START + 2 * HOUR);
    const driver = aDriver();
    jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    for (let rounds = 0; rounds < 20; rounds += 1) await driver.round();
    jest.restoreAllMocks();
    expect(await readClock(tables.owner.manager)).toMatchObject({ nowMs: START + HOUR, running: false });
    expect(calls).toBe(1);
    await act(slow, null);
    await drive(driver);
  });

  it('tells again when a signal was lost', async () => {
    const deaf = await owner(START + HOUR);
    let calls = 0;
    signals.during = async ({ ownerId }) => {
      calls += 1;
      if (calls > 1) await act(ownerId, null);
    };
    await setClock(START, true, START + 2 * HOUR);
    const driver = aDriver();
    const endMs = performance.now() + 15_000;
    while (performance.now() < endMs && !(await isThere())) {
      await driver.round();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(signals.to(deaf)).toEqual(['clockMoved', 'clockMoved']);
  }, 20_000);

  it('goes on from where another driver stood', async () => {
    await owner(START + HOUR);
    await owner(START + 3 * HOUR);
    await setClock(START, true, START + 4 * HOUR);
    const first = aDriver();
    while ((await readClock(tables.owner.manager)).nowMs < START + HOUR) await first.round();
    await drive(aDriver());
    expect(visited.map(({ atMs }) => (atMs - START) / HOUR)).toEqual([1, 3]);
  });

  it('goes on to a target that was moved meanwhile', async () => {
    await owner(START + HOUR);
    await setClock(START, true, START + HOUR);
    signals.during = async ({ ownerId }) => {
      await tables.rows('UPDATE clock SET target_at = $1', [new Date(START + 9 * HOUR)]);
      await act(ownerId, null);
    };
    await drive(aDriver());
    expect((await readClock(tables.owner.manager)).nowMs).toBeGreaterThanOrEqual(START + 9 * HOUR);
  });

  it('moves days in little time', async () => {
    for (let hour = 1; hour <= 72; hour += 1) await owner(START + hour * HOUR);
    await setClock(START, true, START + 3 * 24 * HOUR);
    const startedMs = performance.now();
    await drive(aDriver());
    expect(visited).toHaveLength(72);
    expect(performance.now() - startedMs).toBeLessThan(45_000);
  }, 60_000);

  it('tells whoever oversleeps while the clock runs, once', async () => {
    const sleeper = await owner(START - 10_000);
    signals.during = () => Promise.resolve();
    const driver = aDriver();
    await driver.round();
    await driver.round();
    expect(signals.to(sleeper)).toEqual(['clockMoved']);
  });
});

describe('With a simulator', () => {
  it('both clocks stand still together and run on together', async () => {
    const simulator = new ImaginedSimulator();
    await setClock(START, true, START + HOUR);
    await drive(aDriver(simulator));
    const frozen = simulator.settings.filter((setting) => setting.frozen);
    expect(frozen.at(-1)?.nowMs).toBe(START + HOUR);
    const { base_wall_at: wall } = await tables.row<{ base_wall_at: Date }>('SELECT base_wall_at FROM clock');
    const last = simulator.settings.at(-1);
    expect(last?.frozen).toBe(false);
    expect((last?.nowMs ?? 0) - (START + HOUR)).toBeCloseTo((last?.wallMs ?? 0) - wall.getTime(), -1);
  });

  it('its clock is set to ours when the worker starts', async () => {
    const simulator = new ImaginedSimulator();
    await aDriver(simulator).round();
    expect(simulator.settings).toHaveLength(1);
    expect(simulator.settings[0]).toMatchObject({ frozen: false });
    expect(Math.abs((simulator.settings[0]?.nowMs ?? 0) - START)).toBeLessThan(60_000);
  });

  it('its events are played in strides of at most a minute, and empty time is jumped over', async () => {
    const dense = Array.from({ length: 300 }, (_, n) => START + 10 * HOUR + n * 1_000);
    const simulator = new ImaginedSimulator([...dense, START + 20 * HOUR]);
    await setClock(START, true, START + 24 * HOUR);
    const rounds = await drive(aDriver(simulator));
    expect(simulator.played).toHaveLength(301);
    expect(Math.max(...simulator.played.map(({ dueMs, nowMs }) => nowMs - dueMs))).toBeLessThanOrEqual(MINUTE);
    expect(simulator.played.at(-1)).toEqual({ dueMs: START + 20 * HOUR, nowMs: START + 20 * HOUR });
    expect(rounds).toBeLessThan(40);
  });

  it('a due moment of ours inside a stride is not passed', async () => {
    const simulator = new ImaginedSimulator([START + HOUR, START + HOUR + 30_000]);
    await owner(START + HOUR + 10_000);
    await setClock(START, true, START + 2 * HOUR);
    await drive(aDriver(simulator));
    expect(visited.map(({ atMs }) => atMs)).toEqual([START + HOUR + 10_000]);
  });

  it('a moment lasts until every webhook is answered', async () => {
    const simulator = new ImaginedSimulator([START + HOUR]);
    await setClock(START, true, START + 2 * HOUR);
    const driver = aDriver(simulator);
    simulator.unacknowledged = 1;
    for (let rounds = 0; rounds < 20; rounds += 1) await driver.round();
    const { nowMs } = await readClock(tables.owner.manager);
    expect(nowMs - START).toBeLessThan(HOUR);
    simulator.unacknowledged = 0;
    await drive(driver);
  });

  it('a moment lasts while the simulator changes between two looks', async () => {
    const simulator = new ImaginedSimulator();
    let looks = 0;
    simulator.beforeLook = () => {
      looks += 1;
      if (looks < 50) simulator.seq += 1;
    };
    await setClock(START, true, START + HOUR);
    const driver = aDriver(simulator);
    while (looks < 48) await driver.round();
    expect((await readClock(tables.owner.manager)).nowMs - START).toBeLessThan(HOUR);
    await drive(driver);
  });

  it('that stands elsewhere is set again', async () => {
    const simulator = new ImaginedSimulator();
    await setClock(START, true, START + HOUR);
    const driver = aDriver(simulator);
    for (let rounds = 0; rounds < 3; rounds += 1) await driver.round();
    simulator.nowMs = 0;
    await drive(driver);
    expect(simulator.settings.at(-1)?.frozen).toBe(false);
  });
});

describe('What keeps a moment open', () => {
  const isOpen = async (): Promise<boolean> => (await clockStatus(tables.owner.manager)).status === 'advancing';
  const addSend = (state: string, dueAtMs: number | null, campaign: string): Promise<unknown> =>
    tables.rows(
      `INSERT INTO sends (campaign_id, id, workspace_id, page_id, subscriber_id, campaign_message_id, state, due_at)
       VALUES ($1, gen_random_uuid(), $2, $3, gen_random_uuid(), gen_random_uuid(), $4, $5)`,
      [campaign, page.workspaceId, page.id, state, dueAtMs === null ? null : new Date(dueAtMs)],
    );
  const addInbox = (values: string): Promise<unknown> =>
    tables.rows(
      `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, arrived_at, state, try_at, done_at)
       SELECT CURRENT_DATE, gen_random_uuid(), $1, $2, 0, 'message', now(), now(), ${values}`,
      [page.workspaceId, page.id],
    );
  const addOutbox = (values: string): Promise<unknown> =>
    tables.rows(
      `INSERT INTO outbox (id, workspace_id, owner_id, kind, body, lane, try_at, dead_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), 'wake', '{}', ${values}`,
      [page.workspaceId],
    );

  it.each<[string, () => Promise<unknown>]>([
    ['an event that is not applied', () => addInbox(`'pending', NULL, NULL`)],
    ['an event whose next try has come', () => addInbox(`'pending', now(), NULL`)],
    ['a wake that is not told', () => addOutbox(`'temporal', now(), NULL`)],
    ['a call to Meta', () => addOutbox(`'graph', now(), NULL`)],
    ['a workflow that is behind', () => owner(null, 1)],
    ['a workflow with something due', () => owner(START - 1)],
    ['a message that is claimed', async () => addSend('claimed', null, await tables.addCampaign(page))],
    ['a message in flight', async () => addSend('sending', null, await tables.addCampaign(page))],
    ['a held message that is due', async () => addSend('held', START - 1, await tables.addCampaign(page))],
    ['an unknown message at its end', async () => addSend('unknown', START - 1, await tables.addCampaign(page))],
    [
      'an open batch',
      () =>
        tables.rows(
          `INSERT INTO batches (id, workspace_id, campaign_id, kind) VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'chosen')`,
          [page.workspaceId],
        ),
    ],
  ])('is %s', async (_what, make) => {
    expect(await isOpen()).toBe(false);
    await make();
    expect(await isOpen()).toBe(true);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an event that is dead', () => addInbox(`'dead', NULL, NULL`)],
    ['an event that is tried again later', () => addInbox(`'pending', now() + interval '1 minute', NULL`)],
    ['an event that is applied', () => addInbox(`'done', NULL, now()`)],
    ['a call that is tried again later', () => addOutbox(`'graph', now() + interval '1 minute', NULL`)],
    ['a call that is dead', () => addOutbox(`'graph', now(), now()`)],
    ['an outgoing webhook', () => addOutbox(`'webhook', now(), NULL`)],
    ['what is due later', () => owner(START + HOUR)],
    [
      'a held message of a paused campaign',
      async () => addSend('held', START - 1, await tables.addCampaign(page, { state: 'paused' })),
    ],
    ['a held message that waits for money', async () => addSend('held', null, await tables.addCampaign(page))],
  ])('is not %s', async (_what, make) => {
    await make();
    expect(await isOpen()).toBe(false);
  });

  it('is another tenant for nobody', async () => {
    await owner(null, 1);
    const other = await tables.addPage();
    const status = await inTenantTransaction(tables.api, other.workspaceId, clockStatus);
    expect(status.status).toBe('ready');
  });
});
