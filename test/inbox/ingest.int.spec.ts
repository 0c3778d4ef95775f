import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOUR_MS, MINUTE_MS } from '../../domain/shared/duration';
import { ingest } from '../../src/inbox/ingest';
import { inTransaction } from '../../src/persistence/database';
import type { MetaEvent } from '../../src/webhooks/meta/meta-event';
import { eventsOf, message, NOON, optIn, policy, resume, status, stop } from './meta-events';
import type { TestPage } from './tables-under-test';
import { TablesUnderTest } from './tables-under-test';

let tables: TablesUnderTest;
let page: TestPage;

beforeAll(async () => {
  tables = await TablesUnderTest.open();
});
beforeEach(async () => {
  page = await tables.addPage({ optOutWords: ['basta'] });
});
afterAll(() => tables.close());

const take = (...requests: (readonly MetaEvent[])[]): Promise<void> =>
  inTransaction(tables.ingest, (manager) =>
    ingest(manager, requests, { envelope: tables.envelope, lookup: tables.lookup, appIds: new Set(['1001']) }),
  );

const inboxOf = ({ id }: TestPage): Promise<Record<string, unknown>[]> =>
  tables.rows('SELECT * FROM inbox WHERE page_id = $1 ORDER BY seq', [id]);

const personOf = async ({ id }: TestPage, psid: string): Promise<{ id: string; consent: string; consent_at: Date }> =>
  tables.row(
    `SELECT s.id, s.consent, s.consent_at FROM subscribers s JOIN subscriber_identities i ON i.subscriber_id = s.id
      WHERE i.page_id = $1 AND i.kind = 'psid' AND i.hash = $2`,
    [id, tables.lookup.of('psid', psid, id)],
  );

describe('Ingestion', () => {
  it('stores an event encrypted, with hashes instead of ids', async () => {
    await take(eventsOf(page.metaPageId, message('7351', NOON, 'my secret text', 'm_plain')));
    const [row] = await inboxOf(page);
    expect(row).toMatchObject({ kind: 'message', state: 'pending', event_at: new Date(NOON), done_at: null });
    expect(row?.['keys']).toEqual({
      psidHash: tables.lookup.of('psid', '7351', page.id).toString('hex'),
      mids: ['m_plain'],
      windowOpens: true,
    });
    const body = tables.envelope.open(row?.['body_sealed'] as Buffer, `inbox.body:${String(row?.['id'])}`);
    expect(JSON.parse(body.toString())).toMatchObject({ message: { text: 'my secret text' } });
    expect(JSON.stringify(row)).not.toContain('7351"');
  });

  it('takes the moment of arrival in place of one that has not come', async () => {
    const { now } = await tables.row<{ now: Date }>('SELECT now()');
    const times = [now.getTime() + 2 * HOUR_MS, 253_402_300_799_999, NOON, now.getTime() + MINUTE_MS];
    await take(...times.map((time, n) => eventsOf(page.metaPageId, { ...message(`73${n}`), timestamp: time })));
    const at = (await inboxOf(page)).map((row) => (row['event_at'] as Date).getTime());
    expect(at.slice(2)).toEqual(times.slice(2));
    for (const ms of at.slice(0, 2)) expect(Math.abs(ms - now.getTime())).toBeLessThan(MINUTE_MS);
  });

  it('takes the same event once, within a group and across groups', async () => {
    const event = message('7351', NOON, 'again', 'm_again');
    await take(eventsOf(page.metaPageId, event), eventsOf(page.metaPageId, event));
    await take(eventsOf(page.metaPageId, event));
    expect(await inboxOf(page)).toHaveLength(1);
  });

  it('reaches both workspaces that connect one Page', async () => {
    const other = await tables.addPage({ metaPageId: page.metaPageId });
    await take(eventsOf(page.metaPageId, message('7352', NOON, 'Stop')));
    for (const connected of [page, other]) {
      expect(await inboxOf(connected)).toHaveLength(1);
      expect(await personOf(connected, '7352')).toMatchObject({ consent: 'revoked' });
    }
  });

  it('drops what belongs to a Page that nobody ever connected', async () => {
    const before = await tables.count('inbox');
    await take(eventsOf('999', message('1', NOON, 'Stop')));
    expect(await tables.count('inbox')).toBe(before);
  });

  it('keeps of a disconnected Page what people say of their consent and what became of messages', async () => {
    const gone = await tables.addPage({ disconnectedAt: new Date(), optOutWords: ['basta'] });
    await take(
      eventsOf(
        gone.metaPageId,
        message('1'),
        policy('unblock'),
        message('2', NOON, 'Stop'),
        message('3', NOON, 'basta'),
        stop('4', 'T4'),
        optIn('5', 'T5'),
        resume('6', 'T6'),
        status('deliveries', gone.metaPageId, { token: 'T7', campaign: '7', tracking: 'K7' }),
      ),
    );
    const kinds = (await inboxOf(gone)).map(({ kind }) => kind);
    expect(kinds).toEqual(['message', 'message', 'opt_in_stop', 'opt_in', 'opt_in_resume', 'mm_delivery']);
    for (const psid of ['2', '3', '4']) expect(await personOf(gone, psid)).toMatchObject({ consent: 'revoked' });
  });

  it('keeps unknown kinds as ignored, and so the statuses of another app', async () => {
    const foreign = { mid: 'm_f', is_echo: true, app_id: '2002' };
    await take(
      eventsOf(
        page.metaPageId,
        { sender: { id: '1' }, recipient: { id: 'page' }, timestamp: NOON, novelty: {} },
        { sender: { id: 'page' }, recipient: { id: '1' }, timestamp: NOON, message: foreign },
        policy('warning'),
      ),
    );
    const kept = await inboxOf(page);
    expect(kept.map(({ kind, state }) => [kind, state])).toEqual([
      ['ignored', 'ignored'],
      ['echo', 'ignored'],
      ['policy', 'pending'],
    ]);
  });

  it('puts the events of one person into one lane', async () => {
    await take(eventsOf(page.metaPageId, ...Array.from({ length: 20 }, (_, n) => message('7351', NOON + n))));
    await take(eventsOf(page.metaPageId, ...Array.from({ length: 64 }, (_, n) => message(`9${n}`))));
    const lanes = (await inboxOf(page)).map(({ lane }) => lane as number);
    expect(new Set(lanes.slice(0, 20)).size).toBe(1);
    expect(new Set(lanes.slice(20)).size).toBeGreaterThan(8);
    expect(Math.max(...lanes)).toBeLessThan(16);
  });
});

describe('An opt-out', () => {
  it.each(['STOP', ' stop ', 'Unsubscribe', 'BASTA'])(
    'by the word %j holds with the commit that stores it',
    async (text) => {
      await take(eventsOf(page.metaPageId, message('7351', NOON, text)));
      const person = await personOf(page, '7351');
      expect(person).toMatchObject({ consent: 'revoked', consent_at: new Date(NOON) });
      const owed = await tables.rows('SELECT kind, lane, body FROM outbox WHERE owner_id = $1 ORDER BY seq', [
        person.id,
      ]);
      expect(owed).toEqual([
        {
          kind: 'wake',
          lane: 'temporal',
          body: {
            ownerKind: 'subscriber',
            signal: 'optedOut',
            args: { at: new Date(NOON).toISOString(), source: 'word' },
          },
        },
        { kind: 'unsubscribe', lane: 'graph', body: {} },
      ]);
      expect(await tables.count('waits WHERE owner_id = $1 AND wake_seq = 1', [person.id])).toBe(1);
    },
  );

  it('is the whole message, not a word in it', async () => {
    await take(eventsOf(page.metaPageId, message('7351', NOON, 'please do not stop')));
    expect(await tables.count('consent_events WHERE page_id = $1', [page.id])).toBe(0);
  });

  it('by notice tells Meta nothing', async () => {
    await take(eventsOf(page.metaPageId, stop('7351', 'T1')));
    const person = await personOf(page, '7351');
    expect(person.consent).toBe('revoked');
    expect(await tables.count(`outbox WHERE owner_id = $1 AND lane = 'graph'`, [person.id])).toBe(0);
    expect(await inboxOf(page)).toMatchObject([{ kind: 'opt_in_stop', state: 'done', body_sealed: null }]);
  });

  it('older than the newest word changes nothing and is still proof', async () => {
    await take(eventsOf(page.metaPageId, message('7351', NOON, 'Stop')));
    await take(eventsOf(page.metaPageId, message('7351', NOON - 1_000, 'Stop')));
    const person = await personOf(page, '7351');
    expect(person.consent_at).toEqual(new Date(NOON));
    const proofs = await tables.rows(
      'SELECT applied FROM consent_events WHERE subscriber_id = $1 ORDER BY occurred_at',
      [person.id],
    );
    expect(proofs).toEqual([{ applied: false }, { applied: true }]);
  });

  it('by word older than a newer opt-in tells nobody: Meta would unsubscribe whoever came back', async () => {
    await take(eventsOf(page.metaPageId, message('7351', NOON - 10_000, 'Stop')));
    const { id } = await personOf(page, '7351');
    await tables.rows('DELETE FROM outbox WHERE owner_id = $1', [id]);
    await tables.rows(`UPDATE subscribers SET consent = 'granted', consent_at = $2 WHERE id = $1`, [
      id,
      new Date(NOON),
    ]);
    await take(eventsOf(page.metaPageId, message('7351', NOON - 1_000, 'Stop')));
    expect(await personOf(page, '7351')).toMatchObject({ consent: 'granted' });
    expect(await tables.count('consent_events WHERE subscriber_id = $1 AND NOT applied', [id])).toBe(1);
    expect(await tables.count('outbox WHERE owner_id = $1', [id])).toBe(0);
  });

  it('with a token reaches the person from a contact list, and writes the PSID at them', async () => {
    const listed = await addListed('T-list');
    await take(eventsOf(page.metaPageId, stop('7399', 'T-list')));
    expect(await personOf(page, '7399')).toMatchObject({ id: listed, consent: 'revoked' });
    const { psid_sealed: sealed } = await tables.row<{ psid_sealed: Buffer }>(
      'SELECT psid_sealed FROM subscribers WHERE id = $1',
      [listed],
    );
    expect(tables.envelope.open(sealed, `subscribers.psid:${page.id}`).toString()).toBe('7399');
  });

  it('with a token also ends the other row of the same person', async () => {
    await take(eventsOf(page.metaPageId, message('7398')));
    await take(eventsOf(page.metaPageId, message('7398', NOON, 'Stop')));
    const listed = await addListed('T-two');
    await take(eventsOf(page.metaPageId, stop('7398', 'T-two', NOON + 1)));
    const consents = await tables.rows('SELECT consent FROM subscribers WHERE page_id = $1', [page.id]);
    expect(consents).toEqual([{ consent: 'revoked' }, { consent: 'revoked' }]);
    expect(await tables.count('consent_events WHERE subscriber_id = $1', [listed])).toBe(1);
  });

  const addListed = async (token: string): Promise<string> => {
    const { id } = await tables.row<{ id: string }>(
      `INSERT INTO subscribers (id, workspace_id, page_id, consent, consent_at, source)
       VALUES (gen_random_uuid(), $1, $2, 'granted', $3, 'contact_list') RETURNING id`,
      [page.workspaceId, page.id, new Date(NOON - 60_000)],
    );
    await tables.rows(
      `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)
       VALUES (gen_random_uuid(), $1, $2, $3, $4, '\\x00', 'contact_list')`,
      [page.workspaceId, page.id, id, tables.lookup.of('token', token, page.id)],
    );
    return id;
  };

  it('leaves opt-ins and resumes to the drainer', async () => {
    await take(eventsOf(page.metaPageId, optIn('7351', 'T1'), resume('7352', 'T2')));
    expect(await inboxOf(page)).toMatchObject([
      { kind: 'opt_in', state: 'pending' },
      { kind: 'opt_in_resume', state: 'pending' },
    ]);
  });
});
