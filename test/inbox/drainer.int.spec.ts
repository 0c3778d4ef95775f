import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inTransaction } from '../../src/persistence/database';
import { listDeadEvents, replayInbox } from '../../src/inbox/dead-events';
import { InboxDrainer } from '../../src/inbox/drainer';
import { ingest } from '../../src/inbox/ingest';
import { takeLanes } from '../../src/inbox/inbox-row';
import { eventsOf, from, message, NOON, optIn, policy, resume, status, stop, stopByToken } from './meta-events';
import type { TestPage } from './tables-under-test';
import { silent, TablesUnderTest } from './tables-under-test';

let tables: TablesUnderTest;
let drainer: InboxDrainer;
let page: TestPage;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
  drainer = new InboxDrainer({ dataSource: tables.worker, envelope: tables.envelope, logger: silent });
});
beforeEach(async () => {
  page = await tables.addPage();
});
afterAll(() => tables.close());

const take = (...events: readonly Readonly<Record<string, unknown>>[]): Promise<void> =>
  inTransaction(tables.ingest, (manager) =>
    ingest(manager, [eventsOf(page.metaPageId, ...events)], {
      envelope: tables.envelope,
      lookup: tables.lookup,
      appIds: new Set(),
    }),
  );

/** Drains until nothing is due. */
async function drain(): Promise<void> {
  while ((await drainer.round()) === 0);
}

interface Person {
  id: string;
  consent: string;
  window_until: Date | null;
  source: string;
  rev: number;
}

const personOf = (psid: string): Promise<Person> =>
  tables.row(
    `SELECT s.* FROM subscribers s JOIN subscriber_identities i ON i.subscriber_id = s.id
      WHERE i.page_id = $1 AND i.kind = 'psid' AND i.hash = $2`,
    [page.id, tables.lookup.of('psid', psid, page.id)],
  );

const states = async (): Promise<unknown[]> =>
  (await tables.rows('SELECT state FROM inbox WHERE page_id = $1 ORDER BY seq', [page.id])).map(({ state }) => state);

const HOUR = 3_600_000;

describe('A conversation event', () => {
  it('makes the row of somebody unknown and opens the window for 24 hours', async () => {
    await take(message('7351'));
    await drain();
    expect(await personOf('7351')).toMatchObject({
      consent: 'none',
      source: 'wrote',
      window_until: new Date(NOON + 24 * HOUR),
    });
    const [row] = await tables.rows('SELECT state, body_sealed, done_at FROM inbox WHERE page_id = $1', [page.id]);
    expect(row).toMatchObject({ state: 'done', body_sealed: null });
    expect(row?.['done_at']).not.toBeNull();
  });

  it('counts by the latest action, in whatever order they come', async () => {
    await take(message('7351', NOON + HOUR), message('7351', NOON + 2 * HOUR));
    await drain();
    await take(message('7351', NOON));
    await drain();
    expect((await personOf('7351')).window_until).toEqual(new Date(NOON + 26 * HOUR));
  });

  it('opens no window by taking a reaction back or clicking an ad', async () => {
    await take(
      from('7351', NOON, { reaction: { action: 'unreact', mid: 'm' } }),
      from('7351', NOON, { referral: { source: 'ADS', ref: 'x' } }),
    );
    await drain();
    expect(await tables.count('subscribers WHERE page_id = $1', [page.id])).toBe(0);
  });

  it('wakes the workflow only where it waits for the person', async () => {
    await take(message('7351'), message('7352'));
    await drain();
    expect(await tables.count('outbox WHERE page_id = $1', [page.id])).toBe(0);
    const { id } = await personOf('7352');
    await tables.rows('UPDATE subscribers SET awaits_inbound = true WHERE id = $1', [id]);
    await take(message('7351', NOON + 1), message('7352', NOON + 1));
    await drain();
    const owed = await tables.rows('SELECT owner_id, body FROM outbox WHERE page_id = $1', [page.id]);
    expect(owed).toEqual([
      {
        owner_id: id,
        body: { ownerKind: 'subscriber', signal: 'inbound', args: { at: new Date(NOON + 1).toISOString() } },
      },
    ]);
  });

  it('counts as one row for a burst of one person', async () => {
    await take(...Array.from({ length: 50 }, (_, n) => message('7351', NOON + n)));
    await drain();
    expect(await tables.count('subscribers WHERE page_id = $1', [page.id])).toBe(1);
    expect((await personOf('7351')).rev).toBe(1);
  });
});

describe('An opt-in', () => {
  it('is written as proof; consent and token wait for the workflow, and the body with them', async () => {
    const topicId = await addTopic('New arrivals');
    await take(optIn('7351', 'T1'));
    await drain();
    const person = await personOf('7351');
    expect(person).toMatchObject({ consent: 'none', source: 'opt_in', window_until: null });
    const [proof] = await tables.rows('SELECT * FROM consent_events WHERE subscriber_id = $1', [person.id]);
    expect(proof).toMatchObject({
      kind: 'opt_in',
      source: 'opt_in',
      applied: true,
      topic_id: topicId,
      shown_text: 'New arrivals\nOnce a week',
      occurred_at: new Date(NOON),
    });
    const [row] = await tables.rows('SELECT id, state, body_sealed, keys FROM inbox WHERE page_id = $1', [page.id]);
    expect(row).toMatchObject({ state: 'applied', keys: { topicId, subscriberId: person.id } });
    expect(row?.['body_sealed']).not.toBeNull();
    const [owed] = await tables.rows('SELECT body FROM outbox WHERE owner_id = $1', [person.id]);
    expect(owed?.['body']).toEqual({
      ownerKind: 'subscriber',
      signal: 'optedIn',
      args: { inboxId: row?.['id'], at: new Date(NOON).toISOString() },
    });
  });

  it('answers the request of its topic, by payload before title', async () => {
    const byTitle = await addTopic('New arrivals');
    const byPayload = await addTopic('Sale', 'the-payload');
    await take(message('7351'));
    await drain();
    const { id } = await personOf('7351');
    const requests = [await addRequest(id, byTitle), await addRequest(id, byPayload)];
    await take(optIn('7351', 'T1', NOON + 1, { payload: 'the-payload' }));
    await drain();
    const found = await tables.rows('SELECT id, state FROM opt_in_requests WHERE subscriber_id = $1 ORDER BY id', [id]);
    expect(found).toEqual([
      { id: requests[0], state: 'asked' },
      { id: requests[1], state: 'opted_in' },
    ]);
  });

  it('older than an opt-out changes nothing and keeps no body', async () => {
    await take(message('7351', NOON, 'Stop'));
    await take(optIn('7351', 'T1', NOON - 1));
    await drain();
    const { id } = await personOf('7351');
    expect(
      await tables.rows('SELECT kind, applied FROM consent_events WHERE subscriber_id = $1 ORDER BY occurred_at', [id]),
    ).toEqual([
      { kind: 'opt_in', applied: false },
      { kind: 'opt_out', applied: true },
    ]);
    expect(await tables.count('inbox WHERE page_id = $1 AND body_sealed IS NOT NULL', [page.id])).toBe(0);
    expect(await tables.count(`outbox WHERE owner_id = $1 AND body->>'signal' = 'optedIn'`, [id])).toBe(0);
  });

  it('that a later one has overtaken is still the workflow’s to store: it may bring another topic', async () => {
    await take(message('7351'));
    await drain();
    const { id } = await personOf('7351');
    await tables.rows(`UPDATE subscribers SET consent = 'granted', consent_at = $2 WHERE id = $1`, [
      id,
      new Date(NOON + 1_000),
    ]);
    await take(optIn('7351', 'T1', NOON));
    await drain();
    expect(await tables.count(`inbox WHERE page_id = $1 AND state = 'applied'`, [page.id])).toBe(1);
    expect(await tables.count(`outbox WHERE owner_id = $1 AND body->>'signal' = 'optedIn'`, [id])).toBe(1);
  });

  it('at the moment of an opt-out loses against it, in both orders', async () => {
    await take(message('7351', NOON, 'Stop'), optIn('7351', 'T1', NOON));
    await drain();
    await take(optIn('7352', 'T2', NOON));
    await drain();
    await take(stop('7352', 'T2', NOON));
    for (const psid of ['7351', '7352']) expect((await personOf(psid)).consent).toBe('revoked');
  });

  it('by resuming is an opt-in as any other', async () => {
    await take(resume('7351', 'T1'));
    await drain();
    expect(await tables.rows('SELECT kind, source FROM consent_events WHERE page_id = $1', [page.id])).toEqual([
      { kind: 'opt_in', source: 'resume' },
    ]);
  });

  const addTopic = async (title: string, payload: string | null = null): Promise<string> => {
    const { id } = await tables.row<{ id: string }>(
      `INSERT INTO topics (id, workspace_id, page_id, title, title_key, expectation, payload)
       VALUES (gen_random_uuid(), $1, $2, $3, lower($3), 'Once a week', $4) RETURNING id`,
      [page.workspaceId, page.id, title, payload],
    );
    return id;
  };

  let requests = 0;
  const addRequest = async (subscriberId: string, topicId: string): Promise<string> => {
    const { id } = await tables.row<{ id: string }>(
      `INSERT INTO opt_in_requests (id, workspace_id, page_id, subscriber_id, topic_id, title_key, state, when_not_allowed, requested_at)
       VALUES ($5, $1, $2, $3, $4, 'x', 'asked', 'refuse', now()) RETURNING id`,
      [
        page.workspaceId,
        page.id,
        subscriberId,
        topicId,
        `00000000-0000-7000-8000-${String(requests++).padStart(12, '0')}`,
      ],
    );
    return id;
  };
});

describe('An opt-out by token alone', () => {
  const HELD = 'T-held';
  const addHolder = async (consentAtMs: number): Promise<string> => {
    const { id } = await tables.row<{ id: string }>(
      `INSERT INTO subscribers (id, workspace_id, page_id, consent, consent_at, source)
       VALUES (gen_random_uuid(), $1, $2, 'granted', $3, 'contact_list') RETURNING id`,
      [page.workspaceId, page.id, new Date(consentAtMs)],
    );
    await tables.rows(
      `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
       VALUES (gen_random_uuid(), $1, $2, $3, $4, '\\x00', 'contact_list')`,
      [page.workspaceId, page.id, id, tables.lookup.of('token', HELD, page.id)],
    );
    return id;
  };
  const tryAgain = (): Promise<unknown> =>
    tables.rows('UPDATE inbox SET try_at = now() WHERE page_id = $1 AND done_at IS NULL', [page.id]);
  const consentOf = (id: string): Promise<unknown> =>
    tables.row('SELECT consent, consent_at FROM subscribers WHERE id = $1', [id]);
  const proofsOf = (id: string): Promise<unknown[]> =>
    tables.rows('SELECT kind, source, applied FROM consent_events WHERE subscriber_id = $1', [id]);

  it('before its token was stored holds once it is: an import under way does not swallow it', async () => {
    await take(stopByToken(HELD, NOON));
    await drain();
    const [row] = await tables.rows('SELECT state, body_sealed, try_at FROM inbox WHERE page_id = $1', [page.id]);
    expect(row).toMatchObject({ state: 'pending' });
    expect(row?.['body_sealed']).not.toBeNull();
    expect(row?.['try_at']).not.toBeNull();
    const id = await addHolder(NOON - HOUR);
    await tryAgain();
    await drain();
    expect(await consentOf(id)).toEqual({ consent: 'revoked', consent_at: new Date(NOON) });
    expect(await proofsOf(id)).toEqual([{ kind: 'opt_out', source: 'notice', applied: true }]);
    const owed = await tables.rows(`SELECT kind, body->>'signal' AS signal FROM outbox WHERE owner_id = $1`, [id]);
    expect(owed).toEqual([{ kind: 'wake', signal: 'optedOut' }]);
    expect(await states()).toEqual(['done']);
  });

  it('older than what its holder said since is proof and nothing more', async () => {
    await take(stopByToken(HELD, NOON));
    const id = await addHolder(NOON + HOUR);
    await drain();
    expect(await consentOf(id)).toMatchObject({ consent: 'granted' });
    expect(await proofsOf(id)).toMatchObject([{ applied: false }]);
  });

  it('of somebody known holds with the commit that stores it, and is proved once', async () => {
    const id = await addHolder(NOON - HOUR);
    await take(stopByToken(HELD, NOON));
    expect(await consentOf(id)).toMatchObject({ consent: 'revoked' });
    await drain();
    expect(await proofsOf(id)).toHaveLength(1);
    expect(await states()).toEqual(['done']);
  });

  it('of nobody is given up after an hour of business time, and counted', async () => {
    await take(stopByToken('T-nobody'));
    await drain();
    expect(await states()).toEqual(['pending']);
    await tryAgain();
    await tables.rows(`UPDATE inbox SET arrived_at = arrived_at - interval '61 minutes' WHERE page_id = $1`, [page.id]);
    await drain();
    expect(await states()).toEqual(['unmatched']);
  });
});

describe('A policy event', () => {
  it('restricts the Page and tells its campaigns; the newest word counts', async () => {
    const active = await tables.addCampaign(page);
    await tables.addCampaign(page, { state: 'ended' });
    await tables.addCampaign(page, { hidden: true });
    await take(policy('block', NOON + 2));
    await drain();
    expect(await restriction()).toEqual({ restriction: 'page_blocked', restriction_reason: 'Spam' });
    const owed = await tables.rows('SELECT owner_id, body FROM outbox WHERE page_id = $1', [page.id]);
    expect(owed).toEqual([
      {
        owner_id: active,
        body: { ownerKind: 'campaign', signal: 'pageRestricted', args: { restriction: 'page_blocked' } },
      },
    ]);
    await take(policy('unblock', NOON + 1));
    await drain();
    expect(await restriction()).toMatchObject({ restriction: 'page_blocked' });
    await take(policy('unblock', NOON + 3));
    await drain();
    expect(await restriction()).toEqual({ restriction: null, restriction_reason: null });
  });

  it('lifts nothing of a Page that was disconnected before it was applied', async () => {
    await take(policy('unblock', NOON));
    await tables.rows(
      `UPDATE pages SET restriction = 'page_blocked', restriction_reason = 'disconnected', disconnected_at = now()
        WHERE id = $1`,
      [page.id],
    );
    await drain();
    expect(await restriction()).toEqual({ restriction: 'page_blocked', restriction_reason: 'disconnected' });
  });

  it.each([
    { title: 'a block and a later warning', events: [policy('block', NOON), policy('warning', NOON + 1)] },
    { title: 'a block and an unblock of one moment', events: [policy('block', NOON), policy('unblock', NOON)] },
    { title: 'an unblock and a later block', events: [policy('unblock', NOON), policy('block', NOON + 1)] },
  ])('restricts the Page by $title, in whatever order they come', async ({ events }) => {
    for (const order of [events, [...events].reverse()]) {
      page = await tables.addPage();
      for (const event of order) {
        await take(event);
        await drain();
      }
      expect(await restriction()).toEqual({ restriction: 'page_blocked', restriction_reason: 'Spam' });
    }
  });

  it('lets the Page go by an unblock older than a warning, in both orders', async () => {
    const events = [policy('block', NOON), policy('unblock', NOON + 1), policy('warning', NOON + 2)];
    for (const order of [events, [...events].reverse()]) {
      page = await tables.addPage();
      for (const event of order) {
        await take(event);
        await drain();
      }
      expect(await restriction()).toMatchObject({ restriction: null });
    }
  });

  it('keeps the reason of a warning where the Page is not restricted', async () => {
    await take(policy('warning'));
    await drain();
    expect(await restriction()).toEqual({ restriction: null, restriction_reason: 'Spam' });
  });

  const restriction = (): Promise<unknown> =>
    tables.row('SELECT restriction, restriction_reason FROM pages WHERE id = $1', [page.id]);
});

describe('A status of a paid message', () => {
  const ids = { token: 'T1', campaign: '1202', tracking: 'U1' };

  it('is tried again for an hour of business time, then given up and counted', async () => {
    await take(status('deliveries', page.metaPageId, ids));
    await drain();
    expect(await states()).toEqual(['pending']);
    const [row] = await tables.rows('SELECT tries, try_at FROM inbox WHERE page_id = $1', [page.id]);
    expect(row).toMatchObject({ tries: 0 });
    expect((row?.['try_at'] as Date).getTime()).toBeGreaterThan(Date.now() - 60_000);
    await tables.rows(
      `UPDATE inbox SET try_at = now(), arrived_at = arrived_at - interval '61 minutes' WHERE page_id = $1`,
      [page.id],
    );
    await drain();
    expect(await states()).toEqual(['unmatched']);
  });

  it('of an ordinary message that is not ours is ignored after a few seconds', async () => {
    await take(from('7351', NOON, { delivery: { mids: ['m_1', 'm_2'], watermark: NOON } }));
    await tables.rows(`UPDATE inbox SET received_at = now() + interval '1 minute' WHERE page_id = $1`, [page.id]);
    await drain();
    expect(await states()).toEqual(['pending']);
    await tables.rows(
      `UPDATE inbox SET try_at = now(), received_at = now() - interval '6 seconds' WHERE page_id = $1`,
      [page.id],
    );
    await drain();
    expect(await states()).toEqual(['ignored']);
  });
});

describe('A bad event', () => {
  const spoil = (psid: string): Promise<unknown> =>
    tables.rows(`UPDATE inbox SET body_sealed = '\\x00' WHERE page_id = $1 AND keys->>'psidHash' = $2 RETURNING id`, [
      page.id,
      tables.lookup.of('psid', psid, page.id).toString('hex'),
    ]);

  it('gets a later moment and holds up nobody', async () => {
    await take(...Array.from({ length: 20 }, (_, n) => message(`8${n}`)));
    await spoil('87');
    await drainer.round();
    const found = await tables.rows(`SELECT tries, last_error FROM inbox WHERE page_id = $1 AND state = 'pending'`, [
      page.id,
    ]);
    expect(found).toEqual([{ tries: 1, last_error: 'EnvelopeError' }]);
    expect(await tables.count('subscribers WHERE page_id = $1', [page.id])).toBe(19);
  });

  it('is dead after eight tries, listed, and can be replayed once it is mended', async () => {
    await take(message('7351'));
    const { body_sealed: body } = await tables.row('SELECT body_sealed FROM inbox WHERE page_id = $1', [page.id]);
    await spoil('7351');
    for (let tries = 1; tries <= 8; tries += 1) {
      await tables.rows('UPDATE inbox SET try_at = now() WHERE page_id = $1', [page.id]);
      await drain();
    }
    expect(await states()).toEqual(['dead']);
    const dead = (await listDeadEvents(tables.worker.manager, 100)).filter(({ pageId }) => pageId === page.id);
    expect(dead).toMatchObject([{ kind: 'message', tries: 8, lastError: 'EnvelopeError' }]);
    await tables.rows('UPDATE inbox SET body_sealed = $2 WHERE page_id = $1', [page.id, body]);
    expect(await replayInbox(tables.worker.manager, [dead[0]?.id ?? ''])).toHaveLength(1);
    await drain();
    expect(await states()).toEqual(['done']);
  });
});

describe('Lanes', () => {
  it('are left to the worker that holds them', async () => {
    await take(...Array.from({ length: 40 }, (_, n) => message(`6${n}`)));
    await inTransaction(tables.worker, async (manager) => {
      const held = await takeLanes(manager, [0, 1, 2, 3, 4, 5, 6, 7]);
      expect(held).toHaveLength(8);
      await drain();
      const left = await tables.rows<{ lane: number }>(
        `SELECT DISTINCT lane FROM inbox WHERE page_id = $1 AND state = 'pending'`,
        [page.id],
      );
      expect(left.length).toBeGreaterThan(0);
      expect(left.every(({ lane }) => lane < 8)).toBe(true);
    });
    await drain();
    expect(new Set(await states())).toEqual(new Set(['done']));
  });

  it('drained by several workers at once apply everything once', async () => {
    const workers = Array.from(
      { length: 3 },
      () => new InboxDrainer({ dataSource: tables.worker, envelope: tables.envelope, logger: silent }),
    );
    await Promise.all(
      Array.from({ length: 10 }, (_, call) =>
        take(...Array.from({ length: 100 }, (_, n) => message(`5${n % 40}`, NOON + call * 1_000 + n))),
      ),
    );
    await Promise.all(
      workers.map(async (worker) => {
        for (let round = 0; round < 20; round += 1) await worker.round();
      }),
    );
    await drain();
    expect(new Set(await states())).toEqual(new Set(['done']));
    const windows = await tables.rows<{ late: number }>(
      `SELECT count(*) FILTER (WHERE window_until < $2) AS late FROM subscribers WHERE page_id = $1`,
      [page.id, new Date(NOON + 9_000 + 24 * HOUR)],
    );
    expect(windows).toEqual([{ late: 0 }]);
  });
});

describe('A burst', () => {
  it('of a hundred events takes at most two commits', async () => {
    await tables.rows(`DELETE FROM inbox WHERE state = 'pending'`);
    const commits = [jest.spyOn(tables.ingest, 'transaction'), jest.spyOn(tables.worker, 'transaction')];
    const bodies = Array.from({ length: 100 }, (_, n) => message(`4${n}`));
    await inTransaction(tables.ingest, (manager) =>
      ingest(
        manager,
        bodies.map((body) => eventsOf(page.metaPageId, body)),
        { envelope: tables.envelope, lookup: tables.lookup, appIds: new Set() },
      ),
    );
    await drainer.round();
    expect(new Set(await states())).toEqual(new Set(['done']));
    expect(commits.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    for (const commit of commits) commit.mockRestore();
  });
});
