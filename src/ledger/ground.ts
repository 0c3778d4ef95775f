import type { EntityManager } from 'typeorm';
import { preparedRows } from '../persistence/database';
import type { BatchHandle } from './batches';
import type { CampaignRecord, CampaignRef, StoredCampaign } from './campaign-record';
import { CAMPAIGN_COLUMNS, CAMPAIGN_JOINS, toCampaign } from './campaign-record';
import type { RateGrant, StoredGrant } from './page-rate';
import { SLICE_SIZE, leaseOf, toGrant } from './page-rate';
import type { FoundSend } from './send-row';

/** What a begin stands on. */
export interface Ground {
  readonly campaign: CampaignRecord;
  /** What the batch still has claimed, read without a lock: a slice, and one more where there are more. */
  readonly claimed: readonly FoundSend[];
  readonly rate: RateGrant;
  /** An answer has named campaign, Page, account or rate: the batch begins nothing more. */
  readonly isHalted: boolean;
}

/**
 * The first three locks of a begin in their order. The row that is locked with `FOR SHARE` comes out of the lease's
 * update, so the Page's rate is locked before batch and campaign are. Whoever raised the fence meanwhile leaves no row.
 * What is claimed is put in order apart: else statistics of a campaign's first batches, when all of it was claimed, have
 * Postgres walk the whole campaign by id for every slice.
 */
const TAKE = `
WITH claimed AS MATERIALIZED (
  SELECT id, subscriber_id FROM sends
   WHERE workspace_id = $1 AND campaign_id = $3 AND batch_id = $4 AND pending = 'open' AND state = 'claimed'
), found AS MATERIALIZED (
  SELECT id, subscriber_id FROM claimed ORDER BY id LIMIT ${SLICE_SIZE + 1}
), ${leaseOf('least($6, (SELECT count(*) FROM found))')}
SELECT ${CAMPAIGN_COLUMNS}, b.halted, lease.granted, lease.rate, lease.debt_ms, lease.blocked_for_ms,
       (SELECT coalesce(json_agg(found), '[]') FROM found) AS claimed
  FROM lease
  JOIN batches b ON b.workspace_id = $1 AND b.id = $4 AND b.fence = $5 AND b.state = 'open'
  JOIN campaigns c ON c.workspace_id = $1 AND c.id = $3 ${CAMPAIGN_JOINS}
   FOR SHARE OF b, c`;

/**
 * Takes the Page's lease, then shares the batch under this attempt's fence and the campaign.
 *
 * @param wanted - how many could begin; 0 takes nothing of the lease
 * @returns null when somebody fenced the batch off
 */
export async function takeGround(
  manager: EntityManager,
  ref: CampaignRef,
  batch: BatchHandle,
  wanted: number,
): Promise<Ground | null> {
  const [stored] = await preparedRows<StoredCampaign & StoredGrant & { halted: boolean; claimed: FoundSend[] }>(
    manager,
    TAKE,
    [ref.workspaceId, ref.pageId, ref.campaignId, batch.id, batch.fence, Math.min(wanted, SLICE_SIZE)],
  );
  if (stored === undefined) return null;
  return {
    campaign: toCampaign(stored),
    claimed: stored.claimed,
    rate: toGrant(stored),
    isHalted: stored.halted,
  };
}
