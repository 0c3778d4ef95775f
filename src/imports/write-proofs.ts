import type { EntityManager } from 'typeorm';
import { optedOutSignal } from '../../workflows/subscriber/subscriber.contract';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { wakeAll } from '../outbox/wake';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { ImportRef } from './import-ref';
import type { Listed } from './listed-people';

/** How an import is called where consent says through what it came. */
const SOURCE = 'import';

/** The proof of every consent that an import granted or ended. */
export async function writeProofs(manager: EntityManager, ref: ImportRef, moved: readonly Listed[]): Promise<void> {
  if (moved.length === 0) return;
  await rows(
    manager,
    `INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied)
     SELECT id, $1, $2, subscriber_id, kind, '${SOURCE}', occurred_at, true
       FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[]) AS t (id, subscriber_id, kind, occurred_at)`,
    [
      ref.workspaceId,
      ref.pageId,
      moved.map(() => uuidV7()),
      moved.map(({ person }) => person.subscriberId),
      moved.map(({ verdict }) => (verdict === 'stops' ? 'opt_out' : 'opt_in')),
      moved.map(({ after }) => new Date(after.atMs ?? ref.requestedAtMs)),
    ],
  );
}

/** Imports start no workflow: only those that are open are told. */
export async function tellOpenWorkflows(
  manager: EntityManager,
  ref: ImportRef,
  moved: readonly Listed[],
): Promise<void> {
  if (moved.length === 0) return;
  const open = await rows<{ id: string }>(
    manager,
    'SELECT id FROM subscribers WHERE workspace_id = $1 AND id = ANY($2) AND workflow_open ORDER BY id',
    [ref.workspaceId, moved.map(({ person }) => person.subscriberId)],
  );
  const stopped = new Set(moved.flatMap(({ verdict, person }) => (verdict === 'stops' ? [person.subscriberId] : [])));
  const optedOut = {
    signal: optedOutSignal.name,
    args: { at: new Date(ref.requestedAtMs).toISOString(), source: SOURCE },
  };
  await wakeAll(
    manager,
    open.map(({ id }) => ({
      workspaceId: ref.workspaceId,
      pageId: ref.pageId,
      ownerKind: 'subscriber',
      ownerId: id,
      ...(stopped.has(id) ? optedOut : { signal: refreshSignal.name }),
    })),
  );
}
