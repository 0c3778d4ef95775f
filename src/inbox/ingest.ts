import type { EntityManager } from 'typeorm';
import { HOUR_MS } from '../../domain/shared/duration';
import { Problem } from '../errors/problem';
import { readNowMs } from '../persistence/clock';
import { limitLockWaits, rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import { groupBy } from '../worker-loops/group-by';
import type { MetaEvent } from '../webhooks/meta/meta-event';
import type { ArrivedEvent, KnownPage, NewInboxRow } from './new-inbox-row';
import { arriveAt, toInboxRow } from './new-inbox-row';
import type { OptOutEvent } from './opt-out-events';
import { isOptOutWord, optOutsOf } from './opt-out-events';

/** Postgres channel on which the drainer hears of new events. */
export const INBOX_CHANNEL = 'herald_inbox';

/** No clock of Meta's is ahead of ours by more: such a moment is no time of an event. */
const MOST_AHEAD_MS = HOUR_MS;

/** What ingestion needs beside the transaction. */
export interface IngestSecrets {
  readonly envelope: Envelope;
  readonly lookup: LookupHash;
  /** Our apps; empty when their ids are not configured, and then no event is foreign. */
  readonly appIds: ReadonlySet<string>;
}

/** A group that waits longer for a person is tried again request by request (protocol §7.1). */
const LOCK_WAIT_MS = 2_000;

/**
 * Stores the events of many requests and applies their opt-outs, in the caller's transaction (role `herald_ingest`).
 * Events of a Page that nobody ever connected are dropped, and of one that was disconnected all but what people say of
 * their consent and what became of messages; a Page that two workspaces connect reaches both. Keys and inbox rows come
 * before any person is locked.
 */
export async function ingest(
  manager: EntityManager,
  requests: readonly (readonly MetaEvent[])[],
  secrets: IngestSecrets,
): Promise<void> {
  await limitLockWaits(manager, LOCK_WAIT_MS);
  const nowMs = await readNowMs(manager);
  const arrived = await atTheirPages(manager, requests.flat(), secrets.lookup, nowMs);
  const fresh = await claimKeys(manager, arrived);
  if (fresh.length === 0) return;
  await insertRows(
    manager,
    fresh.map((one) => toInboxRow(one, secrets.envelope, isForeign(one.event, secrets.appIds))),
    nowMs,
  );
  await applyOptOuts(manager, optOutsOf(fresh, secrets.envelope));
  await rows(manager, `SELECT pg_notify('${INBOX_CHANNEL}', '')`);
}

async function atTheirPages(
  manager: EntityManager,
  events: readonly MetaEvent[],
  lookup: LookupHash,
  nowMs: number,
): Promise<ArrivedEvent[]> {
  const pages = await findPages(manager, [...new Set(events.map((event) => event.metaPageId))]);
  return events.flatMap((event) => {
    const timed = { ...event, eventAtMs: momentOf(event, nowMs) };
    return (pages.get(event.metaPageId) ?? [])
      .filter((page) => isTakenAt(page, event))
      .map((page) => arriveAt(page, timed, lookup));
  });
}

function isTakenAt({ standing, optOutWords }: KnownPage, event: MetaEvent): boolean {
  return standing === 'connected' || (standing === 'disconnected' && outlastsConnection(event, optOutWords));
}

/**
 * Meta goes on telling what happens at a Page that was disconnected. Whoever leaves meanwhile has left when it comes back
 * with its people (P2), and what was sent before still reaches its end; nothing else of it is any business of ours.
 */
const outlastsConnection = (event: MetaEvent, optOutWords: readonly string[]): boolean =>
  event.kind.startsWith('opt_in') || isStatus(event.kind) || isOptOutWord(event, optOutWords);

/**
 * Where Meta gave no time, or one that has not come, the moment of arrival stands in: it is known only here. Consent is
 * a register by event time (protocol §7.3), so an opt-in from the year 9999 would outlast every opt-out.
 */
const momentOf = ({ eventAtMs }: MetaEvent, nowMs: number): number =>
  eventAtMs <= nowMs + MOST_AHEAD_MS ? eventAtMs : nowMs;

interface StoredPage {
  page_id: string;
  workspace_id: string;
  meta_page_id: string;
  opt_out_words: string[];
  standing: KnownPage['standing'];
}

async function findPages(manager: EntityManager, metaPageIds: readonly string[]): Promise<Map<string, KnownPage[]>> {
  const found = await rows<StoredPage>(
    manager,
    'SELECT page_id, workspace_id, meta_page_id, opt_out_words, standing FROM find_pages($1)',
    [metaPageIds],
  );
  const pages = groupBy(found, (page) => page.meta_page_id);
  requireOneToTake(pages.values());
  return new Map([...pages].map(([metaPageId, stored]) => [metaPageId, stored.map(toPage)]));
}

/**
 * What comes of a Page before it is wholly connected must not be lost: Meta sends it again. Where another workspace knows
 * the Page its events never wait.
 * @throws Problem 503 when a Page is just being connected
 */
function requireOneToTake(pages: Iterable<readonly StoredPage[]>): void {
  for (const known of pages) {
    if (known.every(({ standing }) => standing === 'connecting')) {
      throw new Problem('UNAVAILABLE', { detail: 'A Page is being connected at this moment; send it again.' });
    }
  }
}

const toPage = (stored: StoredPage): KnownPage => ({
  pageId: stored.page_id,
  workspaceId: stored.workspace_id,
  optOutWords: stored.opt_out_words,
  standing: stored.standing,
});

/** Keeps what was not delivered before; the first of an event that stands twice in the group. */
async function claimKeys(manager: EntityManager, arrived: readonly ArrivedEvent[]): Promise<ArrivedEvent[]> {
  if (arrived.length === 0) return [];
  const claimed = await rows<{ page_id: string; key: Buffer }>(
    manager,
    `INSERT INTO event_keys (page_id, key)
     SELECT page_id, key FROM unnest($1::uuid[], $2::bytea[]) AS t (page_id, key) ORDER BY key, page_id
     ON CONFLICT DO NOTHING RETURNING page_id, key`,
    [arrived.map((one) => one.page.pageId), arrived.map((one) => one.dedupeKey)],
  );
  const fresh = new Set(claimed.map(({ page_id: pageId, key }) => `${pageId}:${key.toString('hex')}`));
  return arrived.filter((one) => fresh.delete(`${one.page.pageId}:${one.dedupeKey.toString('hex')}`));
}

const INSERT = `
INSERT INTO inbox (day, id, workspace_id, page_id, lane, kind, event_at, body_sealed, keys, state, arrived_at, done_at)
SELECT CURRENT_DATE, id, workspace_id, page_id, lane, kind, event_at, body, keys, state, $10,
       CASE WHEN state <> 'pending' THEN now() END
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::timestamptz[], $7::bytea[],
              $8::jsonb[], $9::text[])
       WITH ORDINALITY AS t (id, workspace_id, page_id, lane, kind, event_at, body, keys, state, place)
 ORDER BY place`;

async function insertRows(manager: EntityManager, inbox: readonly NewInboxRow[], nowMs: number): Promise<void> {
  await rows(manager, INSERT, [
    inbox.map((row) => row.id),
    inbox.map((row) => row.workspaceId),
    inbox.map((row) => row.pageId),
    inbox.map((row) => row.lane),
    inbox.map((row) => row.kind),
    inbox.map((row) => new Date(row.eventAtMs)),
    inbox.map((row) => row.bodySealed),
    inbox.map((row) => JSON.stringify(row.keys)),
    inbox.map((row) => row.state),
    new Date(nowMs),
  ]);
}

/**
 * One by token alone whose token nobody has yet is left to the drainer.
 *
 * @throws Error when an opt-out of a person whose PSID is known came back without a row: it would be lost
 */
async function applyOptOuts(manager: EntityManager, optOuts: readonly OptOutEvent[]): Promise<void> {
  if (optOuts.length === 0) return;
  const applied = await rows<{ inbox_id: string }>(manager, 'SELECT inbox_id FROM apply_opt_outs($1::jsonb)', [
    JSON.stringify(optOuts),
  ]);
  const found = new Set(applied.map((row) => row.inbox_id));
  const isLost = optOuts.some((optOut) => optOut.psidHash !== null && !found.has(optOut.inboxId));
  if (isLost) throw new Error('An opt-out found no row.');
}

/** All fields come to every app of a Page; what another app sent is not ours to follow (meta-api §12.4). */
function isForeign({ kind, appId }: MetaEvent, appIds: ReadonlySet<string>): boolean {
  const namesItsApp = kind === 'echo' || kind.startsWith('mm_');
  return namesItsApp && appId !== undefined && appIds.size > 0 && !appIds.has(appId);
}

const isStatus = (kind: MetaEvent['kind']): boolean =>
  kind.startsWith('mm_') || kind === 'echo' || kind === 'delivery' || kind === 'read';
