import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { GraphClient } from '../../src/graph-api/graph-client';
import type { GraphResult } from '../../src/graph-api/graph-result';
import type { UnsubscribeReceipt } from '../../src/graph-api/calls/unsubscribe';
import { leaveOutcomes } from '../../src/ledger/outcomes';
import type { SendRow } from '../../src/ledger/send-row';
import { drainGraphLane } from '../../src/outbox/graph-lane';
import { drainOutcomeLane } from '../../src/outbox/outcome-lane';
import { Reconciler } from '../../src/outbox/reconciler';
import { drainTemporalLane } from '../../src/outbox/temporal-lane';
import type { OwedWake, Wake } from '../../src/outbox/wake';
import { wakeAll } from '../../src/outbox/wake';
import { Waker } from '../../src/outbox/waker';
import { inTenantTransaction, inTransaction, rows } from '../../src/persistence/database';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TestPage } from '../inbox/tables-under-test';
import { silent, TablesUnderTest } from '../inbox/tables-under-test';
import { RecordedSignals, unavailable } from './recorded-signals';

let tables: TablesUnderTest;
let page: TestPage;
let signals: RecordedSignals;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  await tables.rows('DELETE FROM outbox');
  await tables.rows('DELETE FROM waits');
  page = await tables.addPage();
  signals = new RecordedSignals();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => tables.close());

const aWake = (ownerId = uuidV7(), signal = 'refresh'): Wake => ({
  workspaceId: page.workspaceId,
  pageId: page.id,
  ownerKind: 'subscriber',
  ownerId,
  signal,
});

const owe = (...wakes: Wake[]): Promise<OwedWake[]> =>
  inTransaction(tables.worker, (manager) => wakeAll(manager, wakes));
const oweFromApi = (...wakes: Wake[]): Promise<OwedWake[]> =>
  inTenantTransaction(tables.api, page.workspaceId, (manager) => wakeAll(manager, wakes));
const left = (): Promise<number> => tables.count('outbox');

describe('A wake', () => {
  it('raises what the owner owes once a transaction, and stands in the outbox', async () => {
    const ownerId = uuidV7();
    await owe(aWake(ownerId, 'optedIn'), aWake(ownerId, 'inbound'));
    await owe(aWake(ownerId));
    expect(await tables.rows('SELECT wake_seq, acted_seq, kind FROM waits WHERE owner_id = $1', [ownerId])).toEqual([
      { wake_seq: 2, acted_seq: 0, kind: 'subscriber' },
    ]);
    expect(await left()).toBe(3);
  });

  it('of a transaction that fails is not owed', async () => {
    const failing = inTransaction(tables.worker, async (manager) => {
      await wakeAll(manager, [aWake()]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([await left(), await tables.count('waits')]).toEqual([0, 0]);
  });
});

describe('The API', () => {
  it('tells workflows itself after its commit and clears what it owed', async () => {
    const owed = await oweFromApi(aWake(), aWake());
    await new Waker(tables.api, signals).deliver(owed);
    expect(signals.started.map(({ ownerId }) => ownerId).sort()).toEqual(owed.map(({ ownerId }) => ownerId).sort());
    expect(await left()).toBe(0);
  });

  it('keeps a wake to itself for a moment, then the drainer has it', async () => {
    const [owed] = await inTenantTransaction(tables.api, page.workspaceId, async (manager) => {
      await wakeAll(manager, [aWake()]);
      return rows<{ head_start: string }>(manager, 'SELECT (try_at - now())::text AS head_start FROM outbox');
    });
    expect(owed).toEqual({ head_start: '00:00:01.5' });
    await tables.rows(`UPDATE outbox SET try_at = now() + interval '1 hour'`);
    await drainTemporalLane(tables.worker, signals);
    expect(signals.started).toHaveLength(0);
    await tables.rows(`UPDATE outbox SET try_at = now()`);
    await drainTemporalLane(tables.worker, signals);
    expect(signals.started).toHaveLength(1);
  });

  it('never fails and never waits longer than a second for Temporal, and then leaves it alone for a while', async () => {
    let asked = 0;
    signals.during = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const waker = new Waker(tables.api, signals);
    const owed = await oweFromApi(aWake());
    const startedMs = performance.now();
    await waker.deliver(owed);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    await waker.deliver(owed);
    expect(asked).toBe(1);
    expect(await left()).toBe(1);
  });

  it('keeps what could not be told for the drainer', async () => {
    const [first, second] = await oweFromApi(aWake(), aWake());
    signals.failure = ({ ownerId }) => (ownerId === second?.ownerId ? unavailable() : undefined);
    await new Waker(tables.api, signals).deliver([first, second].filter((one) => one !== undefined));
    expect(await tables.rows('SELECT owner_id FROM outbox')).toEqual([{ owner_id: second?.ownerId }]);
  });
});

describe('The lane of wakes', () => {
  const drain = (): Promise<number> => drainTemporalLane(tables.worker, signals);

  it('delivers in the order owed to one owner', async () => {
    const ownerId = uuidV7();
    for (const signal of ['optInRequested', 'optedIn', 'optedOut']) await owe(aWake(ownerId, signal), aWake());
    await drain();
    expect(signals.to(ownerId)).toEqual(['optInRequested', 'optedIn', 'optedOut']);
    expect(await left()).toBe(0);
  });

  it('waits as a whole while Temporal is away, and blames no row', async () => {
    await owe(aWake());
    signals.failure = unavailable;
    expect(await drain()).toBeGreaterThan(0);
    expect(await tables.rows('SELECT tries, dead_at FROM outbox')).toEqual([{ tries: 0, dead_at: null }]);
    signals.failure = () => undefined;
    await drain();
    expect(await left()).toBe(0);
  });

  it('tries one that fails later and later, for ever, and holds up nobody', async () => {
    const bad = aWake();
    signals.failure = ({ ownerId }) => (ownerId === bad.ownerId ? new TypeError('bad') : undefined);
    await owe(bad, aWake());
    await tables.rows('UPDATE outbox SET tries = 50 WHERE owner_id = $1', [bad.ownerId]);
    await drain();
    const rows = await tables.rows('SELECT tries, dead_at, last_error, try_at > now() AS later FROM outbox');
    expect(rows).toEqual([{ tries: 51, dead_at: null, last_error: 'TypeError', later: true }]);
  });
});

describe('The lane of outcomes', () => {
  const leave = (subscriberId: string, state: SendRow['state'] = 'accepted'): Promise<void> =>
    inTransaction(tables.worker, (manager) =>
      leaveOutcomes(manager, { workspaceId: page.workspaceId, pageId: page.id, campaignId: 'c' }, [
        { subscriberId, state, ruleId: null, allowedAtMs: null } as SendRow,
      ]),
    );
  const addPerson = async (): Promise<string> => {
    const id = uuidV7();
    await tables.rows(
      `INSERT INTO subscribers (id, workspace_id, page_id, source, workflow_open) VALUES ($1, $2, $3, 'wrote', true)`,
      [id, page.workspaceId, page.id],
    );
    return id;
  };

  it('keeps its pace', async () => {
    for (let n = 0; n < 30; n += 1) await leave(uuidV7());
    jest.spyOn(performance, 'now').mockReturnValue(0);
    expect(await drainOutcomeLane(tables.worker, signals, 50)).toBe(200);
    expect(signals.opened).toHaveLength(10);
  });

  it('stands behind the wakes', async () => {
    await leave(uuidV7());
    await owe(aWake());
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(signals.opened).toHaveLength(0);
    await drainTemporalLane(tables.worker, signals);
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(signals.opened).toHaveLength(1);
  });

  it('starts no workflow: a closed one is noted', async () => {
    const [open, closed] = [await addPerson(), await addPerson()];
    signals.closed.add(closed);
    await leave(open);
    await leave(closed);
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(await left()).toBe(0);
    expect(signals.started).toHaveLength(0);
    expect(
      await tables.rows('SELECT id, workflow_open FROM subscribers WHERE page_id = $1 ORDER BY id', [page.id]),
    ).toEqual([
      { id: open, workflow_open: true },
      { id: closed, workflow_open: false },
    ]);
  });

  it('keeps a newer outcome that came while the older one was told', async () => {
    const ownerId = uuidV7();
    await leave(ownerId, 'held');
    signals.during = async () => {
      signals.during = () => Promise.resolve();
      await leave(ownerId, 'accepted');
    };
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(await left()).toBe(1);
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(signals.opened.map(({ args }) => args?.['state'])).toEqual(['held', 'accepted']);
    expect(await left()).toBe(0);
  });

  it('tells a newer outcome of whom an older one could not be told, and blames it for nothing', async () => {
    const ownerId = uuidV7();
    await leave(ownerId, 'held');
    signals.failure = () => new TypeError('bad');
    await tables.rows('UPDATE outbox SET tries = 7');
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(await tables.rows('SELECT tries FROM outbox WHERE dead_at IS NOT NULL')).toEqual([{ tries: 8 }]);
    await leave(ownerId, 'accepted');
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(await tables.rows('SELECT tries, dead_at FROM outbox')).toEqual([{ tries: 1, dead_at: null }]);
    signals.failure = () => undefined;
    await leave(ownerId, 'delivered');
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(signals.opened.map(({ args }) => args?.['state'])).toEqual(['delivered']);
  });

  it('keeps a newer outcome alive that came while the older one failed for the last time', async () => {
    const ownerId = uuidV7();
    await leave(ownerId, 'held');
    await tables.rows('UPDATE outbox SET tries = 7');
    signals.failure = () => new TypeError('bad');
    signals.during = () => leave(ownerId, 'accepted');
    await drainOutcomeLane(tables.worker, signals, 50);
    expect(await tables.rows('SELECT tries, dead_at FROM outbox')).toEqual([{ tries: 0, dead_at: null }]);
  });
});

describe('The lane of calls to Meta', () => {
  const ok: GraphResult<UnsubscribeReceipt> = {
    kind: 'ok',
    value: { invalidRows: 0 },
    usage: { percent: 0, regainAfterMs: 0 },
  };
  const refused: GraphResult<UnsubscribeReceipt> = {
    kind: 'refused',
    error: { code: 190, httpStatus: 400, type: 'OAuthException', isTransient: false, speaksOfMoney: false },
    usage: { percent: 0, regainAfterMs: 0 },
  };
  const calls: unknown[][] = [];
  let answer: GraphResult<UnsubscribeReceipt>;
  const graph: Pick<GraphClient, 'unsubscribe'> = {
    unsubscribe: (...args) => {
      calls.push(args);
      return Promise.resolve(answer);
    },
  };
  const drain = (): Promise<number> => drainGraphLane({ dataSource: tables.worker, graph, envelope: tables.envelope });
  const addLeaver = async (psid: string | null, token?: string): Promise<string> => {
    const id = uuidV7();
    await tables.rows(
      `INSERT INTO subscribers (id, workspace_id, page_id, source, consent, consent_at, psid_sealed)
       VALUES ($1, $2, $3, 'wrote', 'revoked', now() - interval '1 minute', $4)`,
      [id, page.workspaceId, page.id, psid === null ? null : tables.envelope.seal(psid, `subscribers.psid:${page.id}`)],
    );
    if (token !== undefined) {
      await tables.rows(
        `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
         VALUES (gen_random_uuid(), $1, $2, $3, '\\x01', $4, 'contact_list')`,
        [page.workspaceId, page.id, id, tables.envelope.seal(token, `subscriber_tokens.token:${page.id}`)],
      );
    }
    await tables.rows(
      `INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body)
       VALUES (gen_random_uuid(), $1, 'unsubscribe', 'graph', $2, $3, '{}')`,
      [page.workspaceId, id, page.id],
    );
    return id;
  };

  beforeEach(() => {
    calls.length = 0;
    answer = ok;
  });

  it('unsubscribes by PSID, else by token', async () => {
    await addLeaver('7351');
    await addLeaver(null, 'T1');
    await drain();
    const address = { metaPageId: page.metaPageId, pageToken: 'page-token' };
    expect(calls).toContainEqual([address, [{ psid: '7351' }]]);
    expect(calls).toContainEqual([address, [{ subscriptionToken: 'T1' }]]);
    expect(await left()).toBe(0);
  });

  it('leaves whoever opted in again while a failed call waited', async () => {
    answer = refused;
    const id = await addLeaver('7351');
    await drain();
    answer = ok;
    await tables.rows(`UPDATE subscribers SET consent = 'granted', consent_at = now() WHERE id = $1`, [id]);
    await tables.rows('UPDATE outbox SET try_at = now()');
    await drain();
    expect(calls).toHaveLength(1);
    expect(await left()).toBe(0);
  });

  it('leaves whoever opted in again and whose workflow has still to store it', async () => {
    const id = await addLeaver('7351');
    const older = await addLeaver('7352');
    const addOptIn = (subscriberId: string, ago: string): Promise<unknown> =>
      tables.rows(
        `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied)
         VALUES (gen_random_uuid(), $1, $2, $3, 'opt_in', 'opt_in', now() - $4::interval, true)`,
        [page.workspaceId, page.id, subscriberId, ago],
      );
    await addOptIn(id, '30 seconds');
    await addOptIn(older, '2 minutes');
    await drain();
    expect(calls.map(([, people]) => people)).toEqual([[{ psid: '7352' }]]);
    expect(await left()).toBe(0);
  });

  it('writes down why a call failed, and tries it later and later, for ever', async () => {
    answer = refused;
    await addLeaver('7351');
    await drain();
    await tables.rows('UPDATE outbox SET try_at = now(), tries = 50');
    await drain();
    expect(
      await tables.rows(
        `SELECT tries, last_error, dead_at, try_at > now() + interval '59 minutes' AS later FROM outbox`,
      ),
    ).toEqual([{ tries: 51, last_error: 'Meta refused: code 190', dead_at: null, later: true }]);
    await tables.rows('UPDATE outbox SET try_at = now()');
    answer = ok;
    await drain();
    expect([calls.length, await left()]).toEqual([3, 0]);
  });

  it('gives somebody up whom Meta does not know after eight tries', async () => {
    answer = { ...ok, value: { ...ok.value, invalidRows: 1 } };
    await addLeaver('7351');
    for (let tries = 1; tries <= 9; tries += 1) {
      await tables.rows('UPDATE outbox SET try_at = now()');
      await drain();
    }
    expect(calls).toHaveLength(8);
    const [row] = await tables.rows('SELECT tries, last_error, dead_at FROM outbox');
    expect(row).toMatchObject({ tries: 8, last_error: 'Meta does not know the person' });
    expect(row?.['dead_at']).not.toBeNull();
  });

  it('blames a row that cannot be opened for itself, and makes the calls behind it once', async () => {
    const bad = await addLeaver('7351');
    await tables.rows(`UPDATE subscribers SET psid_sealed = '\\x00' WHERE id = $1`, [bad]);
    await addLeaver('7352');
    await drain();
    await tables.rows(`UPDATE outbox SET try_at = now() + interval '1 hour' WHERE owner_id = $1`, [bad]);
    await drain();
    expect(calls.map(([, people]) => people)).toEqual([[{ psid: '7352' }]]);
    expect(await tables.rows('SELECT owner_id, tries, last_error, dead_at FROM outbox')).toEqual([
      { owner_id: bad, tries: 1, last_error: 'EnvelopeError', dead_at: null },
    ]);
    for (let tries = 2; tries <= 8; tries += 1) {
      await tables.rows('UPDATE outbox SET try_at = now()');
      await drain();
    }
    expect(await tables.rows('SELECT tries FROM outbox WHERE dead_at IS NOT NULL')).toEqual([{ tries: 8 }]);
  });
});

describe('The reconciler', () => {
  const addWait = (ownerId: string, owed: number, dueInMs: number | null): Promise<unknown> =>
    tables.rows(
      `INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq, acted_seq, next_due_at)
       VALUES ($1, $2, $3, 'subscriber', $4, 0, $5)`,
      [ownerId, page.workspaceId, page.id, owed, dueInMs === null ? null : new Date(Date.now() + dueInMs)],
    );

  it('wakes whoever is behind or has something due, and nobody else', async () => {
    const [behind, due, waiting, idle] = [uuidV7(), uuidV7(), uuidV7(), uuidV7()];
    await addWait(behind, 1, null);
    await addWait(due, 0, -1_000);
    await addWait(waiting, 0, 60_000);
    await addWait(idle, 0, null);
    await new Reconciler(tables.worker, signals, silent).round();
    expect(signals.started.map(({ ownerId, signal }) => [ownerId, signal])).toEqual([
      [behind, 'refresh'],
      [due, 'refresh'],
    ]);
  });

  it('walks any number, a bounded round at a time', async () => {
    await tables.rows(
      `INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq)
       SELECT gen_random_uuid(), $1, $2, 'campaign', 1 FROM generate_series(1, 1200)`,
      [page.workspaceId, page.id],
    );
    const reconciler = new Reconciler(tables.worker, signals, silent);
    const naps = [await reconciler.round(), await reconciler.round(), await reconciler.round()];
    expect(naps).toEqual([0, 0, 60_000]);
    expect(new Set(signals.started.map(({ ownerId }) => ownerId)).size).toBe(1_200);
  });

  it('goes on behind one that cannot be told', async () => {
    const ids = [uuidV7(), uuidV7(), uuidV7()];
    for (const id of ids) await addWait(id, 1, null);
    signals.failure = ({ ownerId }) => (ownerId === ids[0] ? new TypeError('bad') : undefined);
    await new Reconciler(tables.worker, signals, silent).round();
    expect(signals.started.map(({ ownerId }) => ownerId).sort()).toEqual(ids.slice(1).sort());
  });
});
