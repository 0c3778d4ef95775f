import type { DataSource } from 'typeorm';
import { pauseSignal } from '../../../workflows/campaign/campaign.contract';
import { campaignMovesTo } from '../../../domain/campaign/campaign-transitions';
import { moveCampaign } from '../../ledger/campaign-effects';
import { wake } from '../../outbox/wake';
import { readNowMs } from '../../persistence/clock';
import { inTransaction, rows } from '../../persistence/database';

interface UnderWay {
  readonly id: string;
  readonly workspace_id: string;
  readonly page_id: string;
}

const UNDER_WAY = `
SELECT id, workspace_id, page_id FROM campaigns WHERE state = ANY($1) AND NOT hidden ORDER BY id FOR UPDATE`;

/**
 * Pauses every campaign under way, of all tenants, as a call to each would: what a restored database believes may be
 * older than what was sent.
 *
 * @returns how many were paused
 */
export function pauseEveryCampaign(dataSource: DataSource): Promise<number> {
  return inTransaction(dataSource, async (manager) => {
    const nowMs = await readNowMs(manager);
    const underWay = await rows<UnderWay>(manager, UNDER_WAY, [campaignMovesTo('paused', 'pause')]);
    for (const { id: campaignId, workspace_id: workspaceId, page_id: pageId } of underWay) {
      await moveCampaign(manager, { workspaceId, campaignId }, 'paused', 'pause', 'paused_by_request', nowMs);
      await wake(manager, {
        workspaceId,
        pageId,
        ownerKind: 'campaign',
        ownerId: campaignId,
        signal: pauseSignal.name,
      });
    }
    return underWay.length;
  });
}
