import type { EntityManager } from 'typeorm';
import type { CampaignActed, CampaignIds, WaitingFor } from '../../../activities/campaign.ports';
import type { CampaignReason } from '../../../domain/campaign/campaign-transitions';
import { payableMessages } from '../../../domain/campaign/plan-batch';
import { isoOrNull } from '../../ledger/moments';
import { readBudget, remainingMinor } from '../../ledger/money';
import { wake } from '../../outbox/wake';
import { readNowMs } from '../../persistence/clock';
import { rows } from '../../persistence/database';
import { refreshSignal } from '../../../workflows/shared/lifecycle.contract';

/** Writes what a campaign's workflow has done and waits for, in the order of locks: campaign, budget, waits. */
export async function markActed(manager: EntityManager, ids: CampaignIds, acted: CampaignActed): Promise<void> {
  const [campaign] = await rows<MarkedCampaign>(
    manager,
    `UPDATE campaigns SET last_rule_id = $4,
            waiting_for = CASE WHEN waiting_for->>'what' = $3::jsonb->>'what'
              THEN jsonb_set($3::jsonb, '{since}', waiting_for->'since') ELSE $3::jsonb END,
            reason = CASE WHEN state IN ('active', 'populating', 'scheduled') THEN $5 ELSE reason END, updated_at = now()
      WHERE workspace_id = $1 AND id = $2 RETURNING reason, unit_cost_minor`,
    [
      ids.workspaceId,
      ids.campaignId,
      acted.waitingFor === null ? null : JSON.stringify(toWaitingFor(acted.waitingFor, await readNowMs(manager))),
      acted.waitingFor?.ruleId ?? null,
      acted.reason,
    ],
  );
  const standsForMoney = acted.waitingFor?.what === 'budget' && campaign?.reason === 'budget_exhausted';
  const hasMoney = standsForMoney && (await isPayable(manager, ids, campaign));
  await rows(
    manager,
    `INSERT INTO waits (owner_id, workspace_id, page_id, kind, acted_seq, next_due_at)
     VALUES ($2, $1, $3, 'campaign', $4, $5)
     ON CONFLICT (owner_id) DO UPDATE SET acted_seq = greatest(waits.acted_seq, EXCLUDED.acted_seq),
       next_due_at = EXCLUDED.next_due_at`,
    [ids.workspaceId, ids.campaignId, ids.pageId, acted.actedSeq, isoOrNull(acted.nextDueAtMs)],
  );
  if (hasMoney)
    await wake(manager, { ...ids, ownerKind: 'campaign', ownerId: ids.campaignId, signal: refreshSignal.name });
}

interface MarkedCampaign {
  reason: CampaignReason | null;
  unit_cost_minor: number | null;
}

/**
 * Whether money came back since the plan that stopped for its budget: whoever gave it back did not find the reason yet and
 * woke nobody. Under the lock of the counters one of the two sees the other.
 */
async function isPayable(manager: EntityManager, ids: CampaignIds, campaign: MarkedCampaign): Promise<boolean> {
  const counters = await readBudget(manager, ids.workspaceId, ids.campaignId, 'lock');
  return counters !== null && payableMessages(remainingMinor(counters), campaign.unit_cost_minor ?? 0) > 0;
}

/** `waitingFor` as the API shows it. */
const toWaitingFor = ({ what, untilMs, ruleId }: WaitingFor, nowMs: number): Record<string, unknown> => ({
  what,
  since: new Date(nowMs).toISOString(),
  ...(untilMs !== null && { until: isoOrNull(untilMs) }),
  ...(ruleId !== null && { ruleId }),
});
