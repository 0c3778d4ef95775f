import type { DataSource, EntityManager } from 'typeorm';
import type {
  CampaignActed,
  CampaignIds,
  CampaignMove,
  CampaignPlan,
  CampaignRecords,
} from '../../../activities/campaign.ports';
import type { CampaignReason, CampaignState } from '../../../domain/campaign/campaign-transitions';
import { earliestProbeMs, readinessAlarmMs } from '../../../domain/campaign/readiness';
import { createAtMetaMs } from '../../../domain/campaign/readiness';
import { msOrNull } from '../../ledger/moments';
import { moveCampaign } from '../../ledger/campaign-effects';
import { readBudget, remainingMinor } from '../../ledger/money';
import { BUSINESS_NOW, readNowMs } from '../../persistence/clock';
import { inTransaction, rows } from '../../persistence/database';
import { markActed } from './mark-acted';

/** The campaign's row and what its workflow owes, each call one transaction. */
export class PostgresCampaignRecords implements CampaignRecords {
  constructor(private readonly dataSource: DataSource) {}

  load(ids: CampaignIds): Promise<CampaignPlan | null> {
    return inTransaction(this.dataSource, (manager) => loadPlan(manager, ids));
  }

  markActed(ids: CampaignIds, acted: CampaignActed): Promise<void> {
    return inTransaction(this.dataSource, (manager) => markActed(manager, ids, acted));
  }

  close(ids: CampaignIds): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      const closed = await rows(
        manager,
        `UPDATE waits SET next_due_at = NULL
          WHERE workspace_id = $1 AND owner_id = $2 AND acted_seq = wake_seq AND next_due_at IS NULL RETURNING owner_id`,
        [ids.workspaceId, ids.campaignId],
      );
      return closed.length === 1;
    });
  }

  move(ids: CampaignIds, { to, by, reason, wakeSeq }: CampaignMove): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      if (wakeSeq !== undefined && !(await isAsPlanned(manager, ids, wakeSeq))) return false;
      return moveCampaign(manager, ids, to, by, reason, await readNowMs(manager));
    });
  }
}

/**
 * Whether nothing was asked of the campaign since a plan. Whoever asks shares or locks its row and raises `wake_seq` in the
 * same transaction: with the row locked first, they have committed, or come after the move and find its state.
 */
async function isAsPlanned(manager: EntityManager, ids: CampaignIds, wakeSeq: number): Promise<boolean> {
  const key = [ids.workspaceId, ids.campaignId];
  await rows(manager, 'SELECT FROM campaigns WHERE workspace_id = $1 AND id = $2 FOR UPDATE', key);
  const [wait] = await rows<{ wake_seq: number }>(
    manager,
    'SELECT wake_seq FROM waits WHERE workspace_id = $1 AND owner_id = $2',
    key,
  );
  return (wait?.wake_seq ?? 0) === wakeSeq;
}

interface StoredCampaign {
  now: number;
  wake_seq: number | null;
  acted_seq: number | null;
  next_due_at: Date | null;
  state: CampaignState;
  reason: CampaignReason | null;
  start_at: Date;
  end_at: Date | null;
  meta_campaign_id: string | null;
  meta_created_at: Date | null;
  meta_outdated: boolean;
  not_ready_since: Date | null;
  next_probe_at: Date | null;
  claims_from: Date | null;
  first_accepted_at: Date | null;
  closed_out_at: Date | null;
  started_at: Date | null;
  unit_cost_minor: number | null;
  restriction: string | null;
  budget_type: 'lifetime' | 'daily' | null;
  has_audience: boolean | null;
}

interface Progress {
  counts: Readonly<Record<string, number>>;
  open_batch: boolean;
  audience_left: boolean;
  next_held_due: Date | null;
  held_for_money: number;
}

/** What is owed is read with the row, before all else: whatever was committed with a wake is in the plan that acts on it. */
async function loadPlan(manager: EntityManager, ids: CampaignIds): Promise<CampaignPlan | null> {
  const campaign = await readRow(manager, ids);
  if (campaign === null) return null;
  const counters = await readBudget(manager, ids.workspaceId, ids.campaignId);
  const { counts, ...progress } = await readProgress(manager, ids);
  return {
    nowMs: campaign.now,
    wakeSeq: campaign.wake_seq ?? 0,
    actedSeq: campaign.acted_seq ?? 0,
    markedDueAtMs: msOrNull(campaign.next_due_at),
    state: campaign.state,
    reason: campaign.reason,
    startAtMs: campaign.start_at.getTime(),
    endAtMs: msOrNull(campaign.end_at),
    ...atMeta(campaign),
    claimsFromMs: msOrNull(campaign.claims_from),
    restriction: campaign.restriction,
    money: {
      kind: campaign.budget_type ?? 'lifetime',
      reservedMinor: counters?.reservedMinor ?? 0,
      spentMinor: counters?.spentMinor ?? 0,
      remainingMinor: counters === null ? 0 : remainingMinor(counters),
      unitCostMinor: campaign.unit_cost_minor ?? 0,
      nextBudgetDayAtMs: null,
    },
    queued: counts['queued'] ?? 0,
    audienceLeft: progress.audience_left ? 1 : 0,
    nextHeldDueMs: msOrNull(progress.next_held_due),
    heldForMoney: progress.held_for_money,
    hasOpenBatch: progress.open_batch,
    inFlight: (counts['claimed'] ?? 0) + (counts['sending'] ?? 0),
    frozenAudience: campaign.has_audience === true,
    counts,
    isClosedOut: campaign.closed_out_at !== null,
  };
}

async function readRow(manager: EntityManager, ids: CampaignIds): Promise<StoredCampaign | null> {
  const [campaign] = await rows<StoredCampaign>(
    manager,
    `SELECT ${BUSINESS_NOW} AS now, w.wake_seq, w.acted_seq, w.next_due_at,
            c.state, c.reason, c.start_at, c.end_at, c.meta_campaign_id, c.meta_created_at, c.meta_outdated,
            c.not_ready_since, c.next_probe_at, c.claims_from, c.first_accepted_at, c.closed_out_at, c.started_at,
            c.unit_cost_minor, p.restriction, s.budget_type, s.audience IS NOT NULL AS has_audience
       FROM campaigns c
       JOIN pages p ON p.id = c.page_id AND p.workspace_id = c.workspace_id
       JOIN clock ON clock.id = 1
       LEFT JOIN message_sets s ON s.campaign_id = c.id AND s.workspace_id = c.workspace_id
       LEFT JOIN waits w ON w.owner_id = c.id AND w.workspace_id = c.workspace_id
      WHERE c.workspace_id = $1 AND c.id = $2`,
    [ids.workspaceId, ids.campaignId],
  );
  return campaign ?? null;
}

type AtMeta = Pick<CampaignPlan, 'isAtMeta' | 'createAtMs' | 'isOutdatedAtMeta' | 'probeAtMs' | 'alarmAtMs'>;

/** What Meta knows of it, and when to look next whether it sends. */
function atMeta(campaign: StoredCampaign): AtMeta {
  const startAtMs = campaign.start_at.getTime();
  const createdAtMs = msOrNull(campaign.meta_created_at);
  const nextProbeAtMs = campaign.next_probe_at?.getTime() ?? 0;
  const facts = createdAtMs === null ? null : { createdAtMs, activatedAtMs: createdAtMs, startAtMs };
  return {
    isAtMeta: campaign.meta_campaign_id !== null,
    createAtMs: Math.max(createAtMetaMs(startAtMs), campaign.claims_from?.getTime() ?? 0),
    isOutdatedAtMeta: campaign.meta_outdated,
    probeAtMs: facts === null ? null : Math.max(earliestProbeMs(facts), nextProbeAtMs),
    alarmAtMs: facts === null ? null : readinessAlarmMs(facts),
  };
}

/** One statement, one snapshot: whoever moves from one state to another meanwhile is seen in one of them. */
async function readProgress(manager: EntityManager, ids: CampaignIds): Promise<Progress> {
  const [progress] = await rows<Progress>(
    manager,
    `SELECT (SELECT coalesce(json_object_agg(state, count ORDER BY state), '{}') FROM (
              SELECT state, count(*) AS count FROM sends WHERE workspace_id = $1 AND campaign_id = $2
               GROUP BY state) counted) AS counts,
            EXISTS (SELECT FROM batches WHERE workspace_id = $1 AND campaign_id = $2 AND state = 'open'
                      AND kind <> 'single') AS open_batch,
            EXISTS (SELECT FROM campaign_audience a WHERE a.workspace_id = $1 AND a.campaign_id = $2
                      AND a.subscriber_id > coalesce(
                        (SELECT b.to_id FROM batches b WHERE b.workspace_id = $1 AND b.campaign_id = $2
                            AND b.kind = 'audience' AND b.to_id IS NOT NULL ORDER BY b.to_id DESC LIMIT 1),
                        '00000000-0000-0000-0000-000000000000')) AS audience_left,
            (SELECT min(due_at) FROM sends WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'held') AS next_held_due,
            (SELECT count(*) FROM sends WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'held'
                AND due_at IS NULL) AS held_for_money`,
    [ids.workspaceId, ids.campaignId],
  );
  return progress ?? { counts: {}, open_batch: false, audience_left: false, next_held_due: null, held_for_money: 0 };
}
