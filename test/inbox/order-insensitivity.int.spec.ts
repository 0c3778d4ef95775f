import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InboxDrainer } from '../../src/inbox/drainer';
import { ingest } from '../../src/inbox/ingest';
import { inTransaction, repeatedTransactions } from '../../src/persistence/database';
import { eventsOf, message, NOON, optIn, stop } from './meta-events';
import type { TestPage } from './tables-under-test';
import { silent, TablesUnderTest } from './tables-under-test';

let tables: TablesUnderTest;

beforeAll(async () => {
  tables = await TablesUnderTest.open(6);
});
afterAll(() => tables.close());

type Event = Readonly<Record<string, unknown>>;

const take = (page: TestPage, events: readonly Event[]): Promise<void> =>
  inTransaction(tables.ingest, (manager) =>
    ingest(manager, [eventsOf(page.metaPageId, ...events)], {
      envelope: tables.envelope,
      lookup: tables.lookup,
      appIds: new Set(),
    }),
  );

const aDrainer = (): InboxDrainer =>
  new InboxDrainer({ dataSource: tables.worker, envelope: tables.envelope, logger: silent });

async function drain(drainer: InboxDrainer): Promise<void> {
  while ((await drainer.round()) === 0);
}

/** What is known of every person at the end, by the hash of their PSID. */
const outcome = ({ id }: TestPage): Promise<unknown[]> =>
  tables.rows(
    `SELECT s.consent, s.consent_at, s.window_until, count(c.id) AS proofs
       FROM subscribers s JOIN subscriber_identities i ON i.subscriber_id = s.id AND i.kind = 'psid'
       LEFT JOIN consent_events c ON c.subscriber_id = s.id
      WHERE s.page_id = $1 GROUP BY s.id ORDER BY s.consent, s.consent_at, s.window_until, proofs`,
    [id],
  );

/** Numbers that look random and are the same in every run. */
function* shuffledFrom(seed: number): Generator<number> {
  for (let state = seed; ;) yield (state = (state * 48_271) % 2_147_483_647);
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const numbers = shuffledFrom(seed);
  return items
    .map((item) => ({ item, place: numbers.next().value as number }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

const PEOPLE = 6;

/** People who write, stop and opt in at different moments. */
const lives = (): Event[] =>
  Array.from({ length: PEOPLE }, (_, n) => String(7_000 + n)).flatMap((psid, n) => [
    message(psid, NOON + n, 'Hello', `m_${psid}_1`),
    optIn(psid, `T${psid}`, NOON + 1_000 * (n % 3)),
    message(psid, NOON + 1_000 * (n % 4), 'Stop', `m_${psid}_2`),
    stop(psid, `T${psid}`, NOON + 500 * n),
    message(psid, NOON + 5_000 - n, 'Hello again', `m_${psid}_3`),
  ]);

/** Every event is a request of its own here, milliseconds. */
const PATIENCE_MS = 30_000;

describe('Events of people', () => {
  it(
    'give the same result in whatever order they come',
    async () => {
      const outcomes: unknown[] = [];
      for (const seed of [1, 2, 3]) {
        const page = await tables.addPage();
        const drainer = aDrainer();
        for (const [place, event] of shuffled(lives(), seed).entries()) {
          await take(page, [event]);
          if (place % (5 * seed) === 0) await drain(drainer);
        }
        await drain(drainer);
        outcomes.push(await outcome(page));
      }
      for (const other of outcomes.slice(1)) expect(other).toEqual(outcomes[0]);
    },
    PATIENCE_MS,
  );

  it('taken and applied by many at once wait for each other in one order: nothing deadlocks', async () => {
    const page = await tables.addPage();
    const groups = Array.from({ length: 24 }, (_, n) => shuffled(lives(), n + 1));
    const drainers = [aDrainer(), aDrainer(), aDrainer()];
    let isOver = false;
    const draining = drainers.map(async (drainer) => {
      while (!isOver) await drainer.round();
    });
    await Promise.all(groups.map((group) => take(page, group)));
    isOver = true;
    await Promise.all(draining);
    for (const drainer of drainers) await drain(drainer);
    expect(repeatedTransactions()).toBe(0);
    expect(await outcome(page)).toHaveLength(PEOPLE);
    expect(await tables.count(`inbox WHERE page_id = $1 AND done_at IS NULL`, [page.id])).toBe(0);
  });
});
