import type { EntityManager } from 'typeorm';
import type { Wake } from '../outbox/wake';
import { rows } from '../persistence/database';
import type { Booking } from './money';
import type { LedgerScope } from './send-row';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';

/**
 * Who is to hear that money came back: a campaign that had stopped for its budget may go on. The wakes are raised with
 * the last statement of the transaction, behind the budget in the order of locks.
 */
export async function wakesForMoney(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  bookings: readonly Booking[],
): Promise<Wake[]> {
  if (!bookings.some((booking) => booking.kind === 'release')) return [];
  const waiting = await rows<{ page_id: string }>(
    manager,
    `SELECT page_id FROM campaigns WHERE workspace_id = $1 AND id = $2 AND reason = 'budget_exhausted' AND NOT hidden`,
    [workspaceId, campaignId],
  );
  return waiting.map((campaign) => ({
    workspaceId,
    pageId: campaign.page_id,
    ownerKind: 'campaign',
    ownerId: campaignId,
    signal: refreshSignal.name,
  }));
}
