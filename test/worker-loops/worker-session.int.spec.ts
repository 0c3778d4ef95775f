import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkerSession } from '../../src/worker-loops/worker-session';
import { eventually, silent, TablesUnderTest } from '../inbox/tables-under-test';

let tables: TablesUnderTest;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
afterAll(() => tables.close());

const aSession = (longestSilenceMs?: number): WorkerSession =>
  new WorkerSession(tables.workerUrl, silent, longestSilenceMs);

describe('A sole task', () => {
  it('is done by one worker, and by the next one when that ends', async () => {
    const [first, second] = [aSession(), aSession()];
    expect([await first.does('reconciler'), await second.does('reconciler')]).toEqual([true, false]);
    expect(await second.does('retention')).toBe(true);
    await first.close();
    expect(await first.does('reconciler')).toBe(false);
    await eventually(() => second.does('reconciler'));
    await second.close();
  });

  it('falls to another when the connection is lost, and is asked for again', async () => {
    const [first, second] = [aSession(), aSession()];
    await first.does('clockDriver');
    await tables.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'herald-worker-session'`,
    );
    await eventually(() => second.does('clockDriver').catch(() => false));
    expect(await eventually(async () => ((await first.does('clockDriver')) ? false : 'refused'))).toBe('refused');
    await first.close();
    await second.close();
  });
});

describe('A worker that is frozen', () => {
  it('loses its sole tasks to one that is heard, and knows it when it goes on', async () => {
    const [frozen, lively] = [aSession(2_500), aSession()];
    expect(await frozen.does('graphLane')).toBe(true);
    await eventually(() => lively.does('graphLane'));
    expect(await frozen.does('graphLane').catch(() => false)).toBe(false);
    await frozen.close();
    await lively.close();
  });

  it('keeps them while it is heard', async () => {
    const longestSilenceMs = 6_000;
    const [busy, waiting] = [aSession(longestSilenceMs), aSession()];
    expect(await busy.does('graphLane')).toBe(true);
    const endMs = performance.now() + 2 * longestSilenceMs;
    await eventually(async () => {
      await busy.keepAlive();
      expect(await waiting.does('graphLane')).toBe(false);
      return performance.now() > endMs;
    });
    await busy.close();
    await waiting.close();
  });
});

describe('Notifications', () => {
  it('come from the first connection on, and again after it was lost', async () => {
    const session = aSession();
    let heard = 0;
    session.listen('herald_inbox', () => (heard += 1));
    await session.keepAlive();
    await tables.rows(`SELECT pg_notify('herald_inbox', '')`);
    await eventually(() => Promise.resolve(heard === 1));
    await tables.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'herald-worker-session'`,
    );
    await eventually(async () => {
      await session.keepAlive().catch(() => undefined);
      await tables.rows(`SELECT pg_notify('herald_inbox', '')`);
      return heard > 1;
    });
    await session.close();
  });
});
