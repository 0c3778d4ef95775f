import type { EntityManager } from 'typeorm';
import type { OptOut } from '../../consent/apply-opt-outs';
import { applyOptOuts } from '../../consent/apply-opt-outs';
import { rows } from '../../persistence/database';
import type { InboxRow } from '../inbox-row';
import type { MetaName } from '../known-people';
import { findByToken, tokenKey } from '../known-people';
import type { Applier } from './group-context';
import { unmatched } from './unmatched';

/**
 * Opt-outs that name a person by token alone. Ingestion applies them where it knows the token; one that came before its
 * token was stored, by an import or a workflow under way, is no opt-out of nobody: it is tried again (protocol §1.6).
 */
export const applyStops: Applier = async ({ manager, nowMs, settlements }, events) => {
  if (events.length === 0) return;
  const holders = await findByToken(manager, events.map(nameOf));
  const proved = await readProved(manager, events, [...holders.values()]);
  const optOuts = events.flatMap((row): OptOut[] => {
    const subscriberId = holders.get(tokenKey(nameOf(row)));
    if (subscriberId === undefined || proved.has(row.id)) return [];
    const { id: inboxId, workspaceId, pageId, eventAtMs: atMs } = row;
    return [{ inboxId, workspaceId, pageId, subscriberId, atMs, source: 'notice', tellMeta: false }];
  });
  await applyOptOuts(manager, optOuts);
  for (const row of events) {
    const isHeld = holders.has(tokenKey(nameOf(row)));
    settlements.push(isHeld ? { row, state: 'done' } : unmatched(row, nowMs));
  }
};

const nameOf = ({ workspaceId, pageId, keys }: InboxRow): MetaName => ({
  workspaceId,
  pageId,
  psidHash: keys.psidHash,
  tokenHash: keys.tokenHash,
});

/** @returns the ids of those whose proof stands at the person already: ingestion knew the token */
async function readProved(
  manager: EntityManager,
  events: readonly InboxRow[],
  people: readonly string[],
): Promise<ReadonlySet<string>> {
  if (people.length === 0) return new Set();
  const found = await rows<{ inbox_id: string }>(
    manager,
    `SELECT inbox_id FROM consent_events
      WHERE workspace_id = ANY($1) AND subscriber_id = ANY($2) AND kind = 'opt_out' AND inbox_id = ANY($3)`,
    [[...new Set(events.map((row) => row.workspaceId))], people, events.map((row) => row.id)],
  );
  return new Set(found.map((proof) => proof.inbox_id));
}
