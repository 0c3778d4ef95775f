import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readClock } from '../../src/clock/clock-row';
import { ClockDriver } from '../../src/clock/driver';
import { ImaginedSimulator } from '../clock/imagined-simulator';
import type { TestPage } from '../inbox/tables-under-test';
import { TablesUnderTest, silent } from '../inbox/tables-under-test';
import { RecordedSignals } from '../outbox/recorded-signals';
import { isQuietByOneLook, isQuietWithoutCounters } from './naive/clock';

const HOUR = 3_600_000;
/** A moment long ahead, so that the wall clock never reaches it. */
const START = Date.parse('2030-01-01T00:00:00Z');

let tables: TablesUnderTest;
let page: TestPage;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
  page = await tables.addPage();
});
beforeEach(async () => {
  await tables.rows('DELETE FROM inbox');
  await tables.rows(
    'UPDATE clock SET base_business_at = $1, base_wall_at = clock_timestamp(), running = false, target_at = $2',
    [new Date(START), new Date(START + HOUR)],
  );
});
afterAll(() => tables.close());

const aDriver = (simulator: ImaginedSimulator): ClockDriver =>
  new ClockDriver({ dataSource: tables.worker, signals: new RecordedSignals(), simulator, logger: silent });

const now = async (): Promise<number> => (await readClock(tables.owner.manager)).nowMs;

async function rounds(driver: ClockDriver, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await driver.round();
}

/** The worker's last message reaches the simulator right after a look: its webhook is still to come. */
const messageArrives = (simulator: ImaginedSimulator): void => {
  simulator.seq += 1;
  simulator.unacknowledged = 1;
};

describe('A message that reaches the simulator between its look and our counters (protocol §8)', () => {
  it('keeps the moment open until its webhook is answered', async () => {
    const simulator = new ImaginedSimulator();
    let looks = 0;
    simulator.beforeLook = () => {
      looks += 1;
      if (looks === 2) messageArrives(simulator);
    };
    const driver = aDriver(simulator);
    await rounds(driver, 10);
    expect(await now()).toBe(START);
    simulator.unacknowledged = 0;
    await rounds(driver, 10);
    expect(await now()).toBeGreaterThanOrEqual(START + HOUR);
  });

  it('would be left behind by one look', async () => {
    const simulator = new ImaginedSimulator();
    const naive = await isQuietByOneLook(tables.worker.manager, simulator, START, () => {
      messageArrives(simulator);
    });
    expect({ naive, unacknowledged: simulator.unacknowledged }).toEqual({ naive: true, unacknowledged: 1 });
  });
});

describe('A webhook that is answered and not applied (protocol §8)', () => {
  const stored = () =>
    tables.rows(
      `INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, arrived_at, state)
       SELECT CURRENT_DATE, gen_random_uuid(), $1, $2, 0, 'message', now(), now(), 'pending'`,
      [page.workspaceId, page.id],
    );

  it('keeps the moment open', async () => {
    await stored();
    const driver = aDriver(new ImaginedSimulator());
    await rounds(driver, 10);
    expect(await now()).toBe(START);
    await tables.rows(`UPDATE inbox SET done_at = now(), state = 'done'`);
    await rounds(driver, 10);
    expect(await now()).toBeGreaterThanOrEqual(START + HOUR);
  });

  it('would be left behind by the word of the simulator alone', async () => {
    await stored();
    expect(await isQuietWithoutCounters(new ImaginedSimulator())).toBe(true);
  });
});
