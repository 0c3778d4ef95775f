import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkerSession } from '../../src/worker-loops/worker-session';
import { eventually, silent, TablesUnderTest } from '../inbox/tables-under-test';

let tables: TablesUnderTest;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
afterAll(() => tables.close());

const aSession = (): WorkerSession => new WorkerSession(tables.workerUrl, silent);

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

describe('Notifications', () => {
  it('come from the first connection on, and again after it was lost', async () => {
    const session = aSession();
    let heard = 0;
    session.listen('herald_inbox', () => (heard += 1));
    await session.open();
    await tables.rows(`SELECT pg_notify('herald_inbox', '')`);
    await eventually(() => Promise.resolve(heard === 1));
    await tables.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'herald-worker-session'`,
    );
    await eventually(async () => {
      await session.open().catch(() => undefined);
      await tables.rows(`SELECT pg_notify('herald_inbox', '')`);
      return heard > 1;
    });
    await session.close();
  });
});
