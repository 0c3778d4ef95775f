import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { Agent, request } from 'undici';
import { ApiDatabase, IngestDatabase } from '../../src/http/databases';
import { INBOX_CHANNEL } from '../../src/inbox/ingest';
import { InboxDrainer } from '../../src/inbox/drainer';
import { roleUrl } from '../../src/persistence/role-urls';
import { Envelope } from '../../src/security/envelope';
import { RoundLoop } from '../../src/worker-loops/loop';
import { WorkerSession } from '../../src/worker-loops/worker-session';
import { ApiUnderTest } from '../api/api-under-test';
import type { TestCampaign } from '../support/ledger-builders';
import { LedgerUnderTest, START_MS } from '../support/ledger-builders';
import { GIVE_COUNTS, withoutAutovacuum, xactCommits } from '../support/xact-commits';
import { signed, status, webhook } from './meta-events';
import { silent } from './tables-under-test';

/** Design §11: what a burst of webhooks may cost, whatever it is packed into. */
const MOST_COMMITS_A_HUNDRED = 2;
const EVENTS = 1_000;
/** Each takes one request at a time. */
const CONNECTIONS = 500;
const SECRET = 'app-secret';
const META_PAGE = '104201009999999';

type Fields = Readonly<Record<string, unknown>>;

let ledger: LedgerUnderTest;
let api: ApiUnderTest;
let pageId: string;
let meta: Agent;

beforeAll(async () => {
  ledger = await LedgerUnderTest.open();
  await withoutAutovacuum(ledger.owner);
  api = await ApiUnderTest.start({
    DATABASE_URL: ledger.url,
    HERALD_LOOKUP_KEY: ledger.lookupKey.toString('base64'),
    META_APP_SECRETS: `1001:${SECRET}`,
  });
  await api.app.listen(0, '127.0.0.1');
  pageId = await ledger.addPage({ metaPageId: META_PAGE });
  meta = new Agent({ connections: CONNECTIONS });
}, 60_000);
afterAll(async () => {
  await meta.close();
  await api.stop();
  await ledger.close();
});

/** What all of its connections have committed by now. */
async function commits(): Promise<number> {
  const pools = [api.app.get(ApiDatabase), api.app.get(IngestDatabase)].map(({ dataSource }) => dataSource);
  for (const pool of [...pools, ledger.worker, ledger.api, api.owner, ledger.owner]) await flush(pool);
  return xactCommits(ledger.owner);
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

/** The drainer as the worker runs it: woken by notification. @returns once nothing is due after `work` */
async function drainedAfter(work: () => Promise<void>): Promise<void> {
  const drainer = new InboxDrainer({ dataSource: ledger.worker, envelope: api.app.get(Envelope), logger: silent });
  const all = { haveCome: false, areApplied: (): void => undefined };
  const applied = new Promise<void>((resolve) => (all.areApplied = resolve));
  const loop = new RoundLoop(
    'inbox',
    async () => {
      const { haveCome } = all;
      const napMs = await drainer.round();
      if (haveCome && napMs > 0) all.areApplied();
      return napMs;
    },
    silent,
  );
  const session = new WorkerSession(roleUrl(ledger.url, 'herald_worker'), silent);
  session.listen(INBOX_CHANNEL, loop.nudge);
  await session.keepAlive();
  loop.start();
  await work();
  all.haveCome = true;
  await applied;
  await loop.stop();
  await session.close();
}

/** A campaign that Meta has accepted for so many people, and the delivery of each message. */
async function accepted(count: number): Promise<{ campaign: TestCampaign; deliveries: Fields[] }> {
  const { campaign } = await ledger.addChosen(pageId, count);
  while ((await ledger.runner().run(campaign, 500)).accepted > 0);
  const deliveries = (await ledger.sends(campaign)).map(({ subscriber_id: person, tracking_id: tracking }) =>
    status(
      'deliveries',
      META_PAGE,
      { token: `token-${person}`, campaign: campaign.metaCampaignId, ...(tracking !== null && { tracking }) },
      START_MS,
    ),
  );
  return { campaign, deliveries };
}

async function post(url: string, events: readonly Fields[]): Promise<number> {
  const body = Buffer.from(JSON.stringify(webhook(META_PAGE, ...events)));
  const headers = { 'content-type': 'application/json', ...signed(body, SECRET) };
  const answer = await request(url, { method: 'POST', headers, body, dispatcher: meta });
  await answer.body.dump();
  return answer.statusCode;
}

/** Everything at once, so many events a request. */
async function burst(events: readonly Fields[], perRequest: number): Promise<void> {
  const url = `${await api.app.getUrl()}/webhooks/meta`;
  const requests = Array.from({ length: Math.ceil(events.length / perRequest) }, (_, at) =>
    post(url, events.slice(at * perRequest, (at + 1) * perRequest)),
  );
  expect(new Set(await Promise.all(requests))).toEqual(new Set([200]));
}

describe(`A burst of ${EVENTS} deliveries`, () => {
  beforeAll(async () => {
    // What has just started takes a request so slowly that there is no burst.
    const { deliveries } = await accepted(EVENTS);
    await drainedAfter(() => burst(deliveries, 1));
  }, 60_000);

  it.each([100, 10, 1])(
    'of %i a request takes at most two commits a hundred, from the request to the ledger',
    async (perRequest) => {
      const { campaign, deliveries } = await accepted(EVENTS);
      const taken = await commitsOf(() => drainedAfter(() => burst(deliveries, perRequest)));
      const aHundred = (taken / EVENTS) * 100;
      process.stdout.write(`${perRequest} events a request: ${aHundred.toFixed(2)} commits per 100 events\n`);
      expect(await ledger.counts(campaign)).toEqual({ delivered: EVENTS });
      expect(taken).toBeGreaterThanOrEqual(2);
      expect(aHundred).toBeLessThanOrEqual(MOST_COMMITS_A_HUNDRED);
    },
    60_000,
  );
});
