import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import type { InboxKeys } from './inbox-keys';

/** An event that waits to be applied. Times in milliseconds (UTC). */
export interface InboxRow {
  /** With `seq` the key of the row: the day of its partition, `YYYY-MM-DD`. */
  readonly day: string;
  readonly seq: number;
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly lane: number;
  readonly kind: string;
  /** Meta's time of the event. */
  readonly eventAtMs: number;
  /** Business time of arrival. */
  readonly arrivedAtMs: number;
  /** Wall-clock age. */
  readonly ageMs: number;
  readonly bodySealed: Buffer | null;
  readonly keys: InboxKeys;
  /** Failed attempts so far. */
  readonly tries: number;
}

interface StoredRow {
  day: string;
  seq: number;
  id: string;
  workspace_id: string;
  page_id: string;
  lane: number;
  kind: string;
  event_at: Date;
  arrived_at: Date;
  age_ms: number;
  body_sealed: Buffer | null;
  keys: InboxKeys | null;
  tries: number;
}

const COLUMNS = `i.day::text AS day, i.seq, i.id, i.workspace_id, i.page_id, i.lane, i.kind, i.event_at, i.arrived_at,
  (extract(epoch FROM clock_timestamp() - i.received_at) * 1000)::bigint AS age_ms, i.body_sealed, i.keys, i.tries`;

const PENDING = `
SELECT ${COLUMNS} FROM unnest($1::smallint[]) AS l (lane)
 CROSS JOIN LATERAL (
   SELECT * FROM inbox
    WHERE lane = l.lane AND done_at IS NULL AND state = 'pending' AND (try_at IS NULL OR try_at <= now())
    ORDER BY seq LIMIT $2) i
 ORDER BY i.seq LIMIT $2`;

/** What is due in these lanes, in the order in which it was stored. */
export async function readPending(
  manager: EntityManager,
  lanes: readonly number[],
  limit: number,
): Promise<InboxRow[]> {
  if (lanes.length === 0) return [];
  return (await rows<StoredRow>(manager, PENDING, [lanes, limit])).map(toRow);
}

const STILL_PENDING = `
SELECT ${COLUMNS} FROM inbox i JOIN unnest($1::date[], $2::bigint[], $3::uuid[]) AS w (day, seq, workspace_id)
  ON i.day = w.day AND i.seq = w.seq AND i.workspace_id = w.workspace_id
 WHERE i.done_at IS NULL AND i.state = 'pending' AND i.lane = ANY($4)
 ORDER BY i.seq`;

/** Of these rows, those in the given lanes that nobody has applied meanwhile. */
export async function readAgain(
  manager: EntityManager,
  wanted: readonly InboxRow[],
  lanes: readonly number[],
): Promise<InboxRow[]> {
  const found = await rows<StoredRow>(manager, STILL_PENDING, [
    wanted.map(({ day }) => day),
    wanted.map(({ seq }) => seq),
    wanted.map(({ workspaceId }) => workspaceId),
    lanes,
  ]);
  return found.map(toRow);
}

const toRow = (stored: StoredRow): InboxRow => ({
  day: stored.day,
  seq: stored.seq,
  id: stored.id,
  workspaceId: stored.workspace_id,
  pageId: stored.page_id,
  lane: stored.lane,
  kind: stored.kind,
  eventAtMs: stored.event_at.getTime(),
  arrivedAtMs: stored.arrived_at.getTime(),
  ageMs: stored.age_ms,
  bodySealed: stored.body_sealed,
  keys: stored.keys ?? {},
  tries: stored.tries,
});

/** First number of the lanes' advisory locks. */
const LANE_LOCKS = 4_845_002;

/** Takes every lane of these that is free, until the transaction ends; a statement of its own (protocol §7.2). */
export async function takeLanes(manager: EntityManager, lanes: readonly number[]): Promise<number[]> {
  const taken = await rows<{ lane: number }>(
    manager,
    `SELECT lane FROM unnest($1::integer[]) AS l (lane) WHERE pg_try_advisory_xact_lock(${LANE_LOCKS}, lane)`,
    [lanes],
  );
  return taken.map(({ lane }) => lane);
}
