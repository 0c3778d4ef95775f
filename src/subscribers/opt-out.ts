import type { EntityManager } from 'typeorm';
import { optedOutSignal } from '../../workflows/subscriber/subscriber.contract';
import { applyOptOuts } from '../consent/apply-opt-outs';
import type { OwedWake } from '../outbox/wake';
import { rows } from '../persistence/database';

/** Somebody asks through the API that a person gets nothing any more. */
export interface ApiOptOut {
  readonly workspaceId: string;
  readonly subscriberId: string;
  /** Business time, milliseconds (UTC). */
  readonly nowMs: number;
}

/** What it did. */
export interface RecordedOptOut {
  /** Whether it moved the register; false where the person said something newer. */
  readonly applied: boolean;
  /** To be delivered after the commit. */
  readonly owed: readonly OwedWake[];
}

/**
 * Opts a person out by the API: row, proof, Meta's unsubscribe and the wake in the caller's transaction.
 *
 * @throws when the workspace has no such person
 */
export async function optOutByApi(
  manager: EntityManager,
  { workspaceId, subscriberId, nowMs }: ApiOptOut,
): Promise<RecordedOptOut> {
  const pageId = await pageOf(manager, workspaceId, subscriberId);
  const optOut = { workspaceId, pageId, subscriberId, atMs: nowMs, source: 'api', tellMeta: true };
  const applied = (await applyOptOuts(manager, [optOut])).get(subscriberId) ?? false;
  return { applied, owed: applied ? await owedTo(manager, { workspaceId, pageId, subscriberId }) : [] };
}

async function pageOf(manager: EntityManager, workspaceId: string, subscriberId: string): Promise<string> {
  const [person] = await rows<{ page_id: string }>(
    manager,
    'SELECT page_id FROM subscribers WHERE workspace_id = $1 AND id = $2',
    [workspaceId, subscriberId],
  );
  if (person === undefined) throw new Error(`Subscriber ${subscriberId} is not there.`);
  return person.page_id;
}

/** The wake that the opt-out itself has left. */
async function owedTo(
  manager: EntityManager,
  person: { readonly workspaceId: string; readonly pageId: string; readonly subscriberId: string },
): Promise<OwedWake[]> {
  const left = await rows<{ id: string; seq: number; args: Record<string, unknown> }>(
    manager,
    `SELECT id, seq, body->'args' AS args FROM outbox
      WHERE workspace_id = $1 AND owner_id = $2 AND kind = 'wake' AND body->>'signal' = $3 ORDER BY seq DESC LIMIT 1`,
    [person.workspaceId, person.subscriberId, optedOutSignal.name],
  );
  return left.map(({ id, seq, args }) => ({
    workspaceId: person.workspaceId,
    pageId: person.pageId,
    ownerKind: 'subscriber',
    ownerId: person.subscriberId,
    signal: optedOutSignal.name,
    args,
    outboxId: id,
    outboxSeq: seq,
  }));
}
