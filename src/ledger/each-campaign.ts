import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '../persistence/database';
import { groupBy } from '../worker-loops/group-by';
import type { FoundSend, LedgerScope, SendRow } from './send-row';

/** A message of whatever tenant, found without a lock. */
export type FoundAnywhere = FoundSend & { readonly workspace_id: string; readonly campaign_id: string };

/** One that was found after its begin, with the begin it had then. */
export interface FoundBegun extends FoundAnywhere {
  readonly claim_no: number;
  readonly begun_fence: number;
}

/** Whether a row that is locked now still stands at the begin that was found: one begun anew is another. */
export const isSameBegin = ({ claimNo, begunFence }: SendRow, found: FoundBegun | undefined): boolean =>
  claimNo === found?.claim_no && begunFence === found.begun_fence;

/** Moves what was found of one campaign. @returns how many moved */
type Move<T> = (manager: EntityManager, scope: LedgerScope, found: readonly T[]) => Promise<number>;

/** A transaction a campaign: its rows are of one tenant and share their locks. @returns how many moved in all */
export async function eachCampaign<T extends FoundAnywhere>(
  dataSource: DataSource,
  found: readonly T[],
  move: Move<T>,
): Promise<number> {
  let moved = 0;
  for (const [campaignId, ofCampaign] of groupBy(found, (send) => send.campaign_id)) {
    const workspaceId = ofCampaign[0]?.workspace_id ?? '';
    moved += await inTransaction(dataSource, (manager) => move(manager, { workspaceId, campaignId }, ofCampaign));
  }
  return moved;
}
