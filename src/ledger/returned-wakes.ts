import type { EntityManager } from 'typeorm';
import type { Wake } from '../outbox/wake';
import { readHome } from './campaign-record';
import type { LedgerScope, SendRow } from './send-row';
import { isOfOnePerson } from './send-row';
import { messageHeldSignal } from '../../workflows/subscriber/subscriber.contract';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { isoOrNull } from './moments';

/**
 * Who goes on with rows that wait again and that nobody has in hand: a batch of one whose activity may have been given
 * up, an attempt that was fenced off, a claim that was given back. The campaign queues whom it chose; whoever was written
 * to singly, or is held, has a workflow of their own. Raised with the last statement of the transaction (protocol §6).
 */
export async function wakesForReturned(
  manager: EntityManager,
  scope: LedgerScope,
  after: readonly SendRow[],
): Promise<Wake[]> {
  const waiting = after.filter(({ state }) => state === 'queued' || state === 'held');
  const home = waiting.length === 0 ? null : await readHome(manager, scope);
  if (home === null) return [];
  const { workspaceId, campaignId } = scope;
  const owner = { workspaceId, pageId: home.pageId };
  const people = waiting
    .filter((row) => row.state === 'held' || home.hidden || isOfOnePerson(row))
    .map((row) => ({
      ...owner,
      ownerKind: 'subscriber' as const,
      ownerId: row.subscriberId,
      signal: messageHeldSignal.name,
      args: { sendId: row.id, campaignId, dueAt: isoOrNull(row.dueAtMs) },
    }));
  if (home.hidden) return people;
  return [...people, { ...owner, ownerKind: 'campaign', ownerId: campaignId, signal: refreshSignal.name }];
}
