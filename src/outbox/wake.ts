import type { EntityManager } from 'typeorm';
import type { OwnerKind } from '../../workflows/shared/names';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';

/** Something for a workflow to do, told by a signal that carries ids and times only. */
export interface Wake {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly ownerKind: OwnerKind;
  readonly ownerId: string;
  /** Signal name of the contract. */
  readonly signal: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A wake that is owed: its outbox row stands until the signal was taken. */
export interface OwedWake extends Wake {
  readonly outboxId: string;
  /** Key of its outbox row. */
  readonly outboxSeq: number;
}

/** Postgres channel on which the worker hears that something is owed. */
export const OUTBOX_CHANNEL = 'herald_outbox';

/**
 * How long the API keeps a wake to itself: it signals after its commit, and the drainer of the worker, woken at once,
 * would signal a second time.
 */
const API_HEAD_START = `CASE WHEN current_user = 'herald_api' THEN interval '1500 milliseconds' ELSE interval '0' END`;

const WAKE = `
WITH asked AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::jsonb[])
    AS t (outbox_id, workspace_id, page_id, owner_kind, owner_id, body)
), raised AS (
  INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq)
  SELECT DISTINCT ON (owner_id) owner_id, workspace_id, page_id, owner_kind, 1 FROM asked ORDER BY owner_id
  ON CONFLICT (owner_id) DO UPDATE SET wake_seq = waits.wake_seq + 1
), told AS (
  SELECT pg_notify('${OUTBOX_CHANNEL}', '') WHERE current_user <> 'herald_api'
)
INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body, try_at)
SELECT outbox_id, workspace_id, 'wake', 'temporal', owner_id, page_id, body, now() + ${API_HEAD_START}
  FROM asked LEFT JOIN told ON true
RETURNING id, seq`;

/** Raises what the owners owe and leaves an outbox row for each, in the transaction of the fact itself (protocol §6). */
export async function wakeAll(manager: EntityManager, wakes: readonly Wake[]): Promise<OwedWake[]> {
  if (wakes.length === 0) return [];
  const owed = wakes.map((wake) => ({ ...wake, outboxId: uuidV7() }));
  const written = await rows<{ id: string; seq: number }>(manager, WAKE, [
    owed.map((wake) => wake.outboxId),
    owed.map((wake) => wake.workspaceId),
    owed.map((wake) => wake.pageId),
    owed.map((wake) => wake.ownerKind),
    owed.map((wake) => wake.ownerId),
    owed.map((wake) => JSON.stringify({ ownerKind: wake.ownerKind, signal: wake.signal, args: wake.args ?? {} })),
  ]);
  const seqs = new Map(written.map(({ id, seq }) => [id, seq]));
  return owed.map((wake) => ({ ...wake, outboxSeq: seqs.get(wake.outboxId) ?? 0 }));
}

/** One wake; see `wakeAll`. */
export async function wake(manager: EntityManager, one: Wake): Promise<OwedWake> {
  const [owed] = await wakeAll(manager, [one]);
  if (owed === undefined) throw new Error('A wake was asked for and none is owed.');
  return owed;
}
