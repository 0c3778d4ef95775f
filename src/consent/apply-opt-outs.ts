import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';

/** A known person leaves. */
export interface OptOut {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
  /** The stored event that says so, where one does. */
  readonly inboxId?: string;
  /** Event time, milliseconds since the Unix epoch (UTC). */
  readonly atMs: number;
  /** `api`, `send_error`, `import` or `notice`. */
  readonly source: string;
  /** Whether Meta must be told: so for a word and the API, not where Meta said it. */
  readonly tellMeta: boolean;
}

/**
 * Opts known people out by the register of protocol §7.3: row, proof and wake in this transaction.
 *
 * @returns by subscriber id, whether the event moved the register
 */
export async function applyOptOuts(
  manager: EntityManager,
  optOuts: readonly OptOut[],
): Promise<ReadonlyMap<string, boolean>> {
  if (optOuts.length === 0) return new Map();
  const applied = await rows<{ subscriber_id: string; applied: boolean }>(
    manager,
    'SELECT subscriber_id, applied FROM apply_opt_outs($1::jsonb)',
    [JSON.stringify(optOuts.map(toEvent))],
  );
  if (applied.length !== optOuts.length) throw new Error('An opt-out found no person.');
  return new Map(applied.map((row) => [row.subscriber_id, row.applied]));
}

const toEvent = (optOut: OptOut): Record<string, unknown> => ({
  inboxId: optOut.inboxId ?? null,
  workspaceId: optOut.workspaceId,
  pageId: optOut.pageId,
  subscriberId: optOut.subscriberId,
  at: new Date(optOut.atMs).toISOString(),
  source: optOut.source,
  consentEventId: uuidV7(),
  wakeId: uuidV7(),
  unsubscribeId: optOut.tellMeta ? uuidV7() : null,
});
