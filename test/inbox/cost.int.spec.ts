import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { INBOX_CHANNEL } from '../../src/inbox/ingest';
import { roleUrl } from '../../src/persistence/role-urls';
import { RoundLoop } from '../../src/worker-loops/loop';
import { WorkerSession } from '../../src/worker-loops/worker-session';
import { GIVE_COUNTS, withoutAutovacuum, xactCommits } from '../support/xact-commits';
import { TransactionWatch } from '../ledger/transaction-watch';
import { webhook } from './meta-events';
import { silent } from './tables-under-test';
import type { WebhookItem } from './webhook-door';
import { WebhookDoor } from './webhook-door';

/** Design §11: what a burst of webhooks may cost, whatever it is packed into. */
const MOST_COMMITS_A_HUNDRED = 2;
/** Counted are 3.2 to 3.8: three a commit. */
const MOST_STATEMENTS_A_HUNDRED = 6;
const EVENTS = 1_000;
/** Each takes one request at a time. */
const CONNECTIONS = 500;

let door: WebhookDoor;

beforeAll(async () => {
  door = await WebhookDoor.open('104201009999999', CONNECTIONS);
  await withoutAutovacuum(door.ledger.owner);
}, 60_000);
afterAll(() => door.close());

/** What all of its connections have committed by now. */
async function commits(): Promise<number> {
  for (const pool of door.pools()) await flush(pool);
  return xactCommits(door.ledger.owner);
}

async function flush(pool: DataSource): Promise<void> {
  const { poolSize = 0 } = pool.options as { readonly poolSize?: number };
  const connections = Array.from({ length: poolSize }, () => pool.createQueryRunner());
  await Promise.all(connections.map((connection) => connection.connect()));
  for (const connection of connections) {
    await connection.query(GIVE_COUNTS);
    await connection.release();
  }
}

/** What the work commits, less what counting commits. */
async function commitsOf(work: () => Promise<void>): Promise<number> {
  await commits();
  const [first, second] = [await commits(), await commits()];
  await work();
  return (await commits()) - second - (second - first);
}

/** What the programs ask of the database in the course of the work, less what counting asks. */
async function statementsOf(work: () => Promise<void>): Promise<number> {
  const watch = new TransactionWatch();
  await work();
  const { committed } = await watch.period(door.ledger.owner);
  const asked = committed.filter(({ isHeralds }) => isHeralds).flatMap(({ statements }) => statements);
  return asked.filter((sql) => sql !== GIVE_COUNTS).length;
}

/** The drainer as the worker runs it: woken by notification. @returns once nothing is due after `work` */
async function drainedAfter(work: () => Promise<void>): Promise<void> {
  const all = { haveCome: false, areApplied: (): void => undefined };
  const applied = new Promise<void>((resolve) => (all.areApplied = resolve));
  const loop = new RoundLoop(
    'inbox',
    async () => {
      const { haveCome } = all;
      const napMs = await door.drainer.round();
      if (haveCome && napMs > 0) all.areApplied();
      return napMs;
    },
    silent,
  );
  const session = new WorkerSession(roleUrl(door.ledger.url, 'herald_worker'), silent);
  session.listen(INBOX_CHANNEL, loop.nudge);
  await session.keepAlive();
  loop.start();
  await work();
  all.haveCome = true;
  await applied;
  await loop.stop();
  await session.close();
}

/** Everything at once, so many events a request. */
async function burst(events: readonly WebhookItem[], perRequest: number): Promise<void> {
  const requests = Array.from({ length: Math.ceil(events.length / perRequest) }, (_, at) =>
    door.post(
      Buffer.from(JSON.stringify(webhook(door.metaPageId, ...events.slice(at * perRequest, (at + 1) * perRequest)))),
    ),
  );
  expect(new Set((await Promise.all(requests)).map((answer) => answer.status))).toEqual(new Set([200]));
}

describe(`A burst of ${EVENTS} deliveries`, () => {
  beforeAll(async () => {
    // What has just started takes a request so slowly that there is no burst.
    const { deliveries } = await door.accepted(EVENTS);
    await drainedAfter(() => burst(deliveries, 1));
  }, 60_000);

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each([100, 10, 1])(
    `of %i a request takes at most ${MOST_COMMITS_A_HUNDRED} commits and ${MOST_STATEMENTS_A_HUNDRED} statements a hundred, from the request to the ledger`,
    async (perRequest) => {
      const { campaign, deliveries } = await door.accepted(EVENTS);
      let commitsTaken = 0;
      const statementsTaken = await statementsOf(async () => {
        commitsTaken = await commitsOf(() => drainedAfter(() => burst(deliveries, perRequest)));
      });
      const [commitsAHundred, statementsAHundred] = [commitsTaken, statementsTaken].map((n) => (n / EVENTS) * 100);
      process.stdout.write(
        `${perRequest} events a request: ${commitsAHundred?.toFixed(2)} commits and ${statementsAHundred?.toFixed(2)} statements per 100 events\n`,
      );
      expect(await door.ledger.counts(campaign)).toEqual({ delivered: EVENTS });
      expect(commitsTaken).toBeGreaterThanOrEqual(2);
      expect(commitsAHundred).toBeLessThanOrEqual(MOST_COMMITS_A_HUNDRED);
      expect(statementsTaken).toBeGreaterThan(0);
      expect(statementsAHundred).toBeLessThanOrEqual(MOST_STATEMENTS_A_HUNDRED);
    },
    60_000,
  );
});
