import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyGroup } from '../../src/inbox/apply-group';
import { InboxDrainer } from '../../src/inbox/drainer';
import { GroupCommit } from '../../src/inbox/group-commit';
import { readPending, takeLanes } from '../../src/inbox/inbox-row';
import { ingest } from '../../src/inbox/ingest';
import { PostgresTokenStore } from '../../src/opt-in/token-store';
import { drainTemporalLane } from '../../src/outbox/temporal-lane';
import { wake } from '../../src/outbox/wake';
import { inTransaction, repeatedTransactions, rows } from '../../src/persistence/database';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';
import { NOON, eventsOf, message, optIn } from '../inbox/meta-events';
import type { TestPage } from '../inbox/tables-under-test';
import { TablesUnderTest, silent } from '../inbox/tables-under-test';
import { RecordedSignals } from '../outbox/recorded-signals';
import { holdOpen, someoneWaits } from '../support/barrier';
import { meetingOf } from './meeting';
import {
  grantWithoutToken,
  insertKeysAsNamed,
  readPendingWithLane,
  takeNextSkippingLocked,
  takeOut,
  writeConsentAsItComes,
} from './naive/inbox';

let tables: TablesUnderTest;
let page: TestPage;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  page = await tables.addPage();
});
afterAll(() => tables.close());

type Event = Readonly<Record<string, unknown>>;
const ALL_LANES = Array.from({ length: 16 }, (_, lane) => lane);
const DEADLOCK = { driverError: { code: '40P01' } };

const secrets = () => ({ envelope: tables.envelope, lookup: tables.lookup, appIds: new Set<string>() });
const request = (...events: readonly Event[]): readonly MetaEvent[] => eventsOf(page.metaPageId, ...events);
const take = (...requests: (readonly MetaEvent[])[]): Promise<void> =>
  inTransaction(tables.ingest, (manager) => ingest(manager, requests, secrets()));

async function drain(): Promise<void> {
  const drainer = new InboxDrainer({ dataSource: tables.worker, envelope: tables.envelope, logger: silent });
  while ((await drainer.round()) === 0);
}

const personOf = (psid: string): Promise<{ id: string; consent: string; token_id: string | null }> =>
  tables.row(
    `SELECT s.id, s.consent, s.token_id FROM subscribers s JOIN subscriber_identities i ON i.subscriber_id = s.id
      WHERE i.page_id = $1 AND i.kind = 'psid' AND i.hash = $2`,
    [page.id, tables.lookup.of('psid', psid, page.id)],
  );

describe('Two groups with the same events in opposite order (protocol §7.1)', () => {
  it('queue up at one of them', async () => {
    const [one, held, other] = [message('7351'), message('7352'), message('7353')];
    const before = repeatedTransactions();
    const first = await holdOpen(tables.ingest, (manager) => ingest(manager, [request(held)], secrets()));
    const both = [take(request(one, held, other)), take(request(other, held, one))];
    await someoneWaits(tables.owner, 2);
    await first.commit();
    await Promise.all(both);
    expect(repeatedTransactions() - before).toBe(0);
    expect(await tables.count('inbox WHERE page_id = $1', [page.id])).toBe(3);
  });

  it('would deadlock as they name them', async () => {
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const meet = meetingOf(2);
    const naive = await Promise.allSettled(
      [keys, [...keys].reverse()].map((named) =>
        tables.ingest.transaction((manager) => insertKeysAsNamed(manager, page.id, named, meet)),
      ),
    );
    const failed = naive.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(failed).toMatchObject([DEADLOCK]);
  });
});

describe('A group of which one request cannot be stored (protocol §7.1)', () => {
  /** Somebody whose row is held for longer than ingestion waits. */
  async function heldPerson() {
    await take(request(message('7351')));
    await drain();
    const { id } = await personOf('7351');
    return holdOpen(tables.worker, (manager) =>
      rows(manager, 'SELECT id FROM subscribers WHERE id = $1 FOR UPDATE', [id]),
    );
  }
  const requests = () => [request(message('7351', NOON + 1, 'Stop')), request(message('7352', NOON + 1))];
  const outcomes = (settled: readonly PromiseSettledResult<unknown>[]) => settled.map(({ status }) => status);

  it('costs nobody else their 200', async () => {
    const holder = await heldPerson();
    const group = new GroupCommit<readonly MetaEvent[]>((together) => take(...together));
    const settled = await Promise.allSettled(requests().map((one) => group.add(one)));
    await holder.commit();
    expect(outcomes(settled)).toEqual(['rejected', 'fulfilled']);
  });

  it('would cost all of them theirs in one transaction', async () => {
    const holder = await heldPerson();
    const together = take(...requests());
    const settled = await Promise.allSettled([together, together]);
    await holder.commit();
    expect(outcomes(settled)).toEqual(['rejected', 'rejected']);
  });
});

describe('Two drainers and two events of one person (protocol §7.2)', () => {
  const twoEvents = () => take(request(message('7351', NOON, 'first')), request(message('7351', NOON + 1, 'second')));

  it('leave both to one of them', async () => {
    await twoEvents();
    const first = await holdOpen(tables.worker, async (manager) =>
      readPending(manager, await takeLanes(manager, ALL_LANES), 1),
    );
    const second = await tables.worker.transaction(async (manager) =>
      readPending(manager, await takeLanes(manager, ALL_LANES), 1),
    );
    await first.commit();
    expect([first.result.length, second.length]).toEqual([1, 0]);
    await drain();
  });

  it('would take the second before the first by skipping what is locked', async () => {
    await twoEvents();
    const first = await holdOpen(tables.worker, (manager) => takeNextSkippingLocked(manager, page.id));
    const second = await tables.worker.transaction((manager) => takeNextSkippingLocked(manager, page.id));
    await first.commit();
    expect(second).toBeGreaterThan(first.result ?? Number.POSITIVE_INFINITY);
    await drain();
  });
});

describe('A drainer that comes to a lane as another leaves it (protocol §7.2)', () => {
  async function underWay() {
    await take(request(message('7351')));
    const { lane } = await tables.row<{ lane: number }>('SELECT lane FROM inbox WHERE page_id = $1', [page.id]);
    const first = await holdOpen(tables.worker, async (manager) => {
      const lanes = await takeLanes(manager, [lane]);
      await applyGroup(manager, await readPending(manager, lanes, 500), tables.envelope);
    });
    return { lane, first };
  }

  it('finds nothing left', async () => {
    const { lane, first } = await underWay();
    await first.commit();
    const left = await tables.worker.transaction(async (manager) =>
      readPending(manager, await takeLanes(manager, [lane]), 500),
    );
    expect(left).toEqual([]);
  });

  it('would find it all again by taking the lane in the statement that reads', async () => {
    const { lane, first } = await underWay();
    const naive = tables.worker.transaction((manager) => readPendingWithLane(manager, page.id, lane));
    await someoneWaits(tables.owner);
    await first.commit();
    expect(await naive).toBe(1);
  });
});

describe('An opt-in that is stored while its person leaves (protocol §7.3)', () => {
  async function leaving() {
    await take(request(optIn('7351', 'T1', NOON)));
    await drain();
    const { id } = await personOf('7351');
    const { id: inboxId } = await tables.row<{ id: string }>('SELECT id FROM inbox WHERE page_id = $1', [page.id]);
    const word = await holdOpen(tables.ingest, (manager) =>
      ingest(manager, [request(message('7351', NOON + 1, 'Stop'))], secrets()),
    );
    const ids = { workspaceId: page.workspaceId, pageId: page.id, subscriberId: id };
    return { ids, inboxId, word };
  }

  it('waits for the word, which is newer', async () => {
    const { ids, inboxId, word } = await leaving();
    const store = new PostgresTokenStore(tables.worker, tables.envelope, tables.lookup).store(ids, inboxId);
    await someoneWaits(tables.owner);
    await word.commit();
    expect(await store).toBeNull();
    expect((await personOf('7351')).consent).toBe('revoked');
  });

  it('would bring them back as it comes', async () => {
    const { ids, word } = await leaving();
    const naive = tables.worker.transaction((manager) => writeConsentAsItComes(manager, ids.subscriberId, 'granted'));
    await someoneWaits(tables.owner);
    await word.commit();
    await naive;
    expect((await personOf('7351')).consent).toBe('granted');
  });

  it('brings consent and token together, where the drainer would leave consent without a token', async () => {
    await take(request(optIn('7352', 'T2', NOON)));
    await drain();
    const { id } = await personOf('7352');
    const { id: inboxId } = await tables.row<{ id: string }>('SELECT id FROM inbox WHERE page_id = $1', [page.id]);
    expect(await personOf('7352')).toMatchObject({ consent: 'none', token_id: null });
    await tables.worker.transaction((manager) => grantWithoutToken(manager, id));
    expect(await personOf('7352')).toMatchObject({ consent: 'granted', token_id: null });
    await tables.rows(`UPDATE subscribers SET consent = 'none', consent_at = NULL WHERE id = $1`, [id]);

    const ids = { workspaceId: page.workspaceId, pageId: page.id, subscriberId: id };
    const handle = await new PostgresTokenStore(tables.worker, tables.envelope, tables.lookup).store(ids, inboxId);
    expect(await personOf('7352')).toMatchObject({ consent: 'granted', token_id: handle?.tokenId });
  });
});

describe('A drainer that dies while it tells a workflow (protocol §7.5)', () => {
  const owed = () =>
    inTransaction(tables.worker, (manager) =>
      wake(manager, {
        workspaceId: page.workspaceId,
        pageId: page.id,
        ownerKind: 'subscriber',
        ownerId: page.id,
        signal: 'refresh',
      }),
    );
  const dies = (): Error => new Error('The process died.');

  it('leaves the row to the next', async () => {
    await owed();
    const signals = new RecordedSignals();
    signals.failure = dies;
    await drainTemporalLane(tables.worker, signals).catch(() => undefined);
    await tables.rows('UPDATE outbox SET try_at = now() WHERE owner_id = $1', [page.id]);
    signals.failure = () => undefined;
    await drainTemporalLane(tables.worker, signals);
    expect(signals.to(page.id)).toEqual(['refresh']);
  });

  it('would lose it, taken out before it is told', async () => {
    const { outboxId } = await owed();
    const signals = new RecordedSignals();
    await tables.worker.transaction((manager) => takeOut(manager, outboxId));
    await drainTemporalLane(tables.worker, signals);
    expect(signals.to(page.id)).toEqual([]);
  });
});
