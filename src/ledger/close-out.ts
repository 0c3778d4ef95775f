import type { DataSource, EntityManager } from 'typeorm';
import type { DecisionFacts } from '../../domain/shared/facts';
import { crashPoint } from '../crash-points';
import { wakeAll } from '../outbox/wake';
import { inTransaction, rows } from '../persistence/database';
import type { CampaignRef } from './campaign-record';
import { readCampaign } from './campaign-record';
import { isoOrNull } from './moments';
import { findWaiting } from './pending';
import type { GiveBack } from './put-back';
import { giveBackRows, toQueue } from './put-back';
import type { SendRow } from './send-row';
import { UNDECIDED } from './send-row';
import { sweepCampaign } from './sweep';

const CHUNK = 500;

/** What is left of a campaign that leaves `active`. */
export interface CloseOut {
  /** Rows moved by this call. */
  readonly moved: number;
  /** Whether nothing that the close-out takes, and nothing in flight, is left; else call again. */
  readonly done: boolean;
}

/** The states a close-out takes, and what they become. */
interface Plan extends GiveBack {
  readonly from: readonly SendRow['state'][];
}

/** Closes a campaign for good: everything that waits is cancelled with the reason; run until `done` (protocol §6). */
export async function closeOut(dataSource: DataSource, ref: CampaignRef, reason: string): Promise<CloseOut> {
  const campaign = await inTransaction(dataSource, (manager) => readCampaign(manager, ref.workspaceId, ref.campaignId));
  const facts = { campaignState: campaign?.state ?? null, reason, endAt: isoOrNull(campaign?.endAtMs ?? null) };
  return runPlan(dataSource, ref, toCancelled(reason, facts));
}

/** Stops a campaign that may go on: what was claimed is queued again, everything else stays as it is. */
export const pauseOut = (dataSource: DataSource, ref: CampaignRef): Promise<CloseOut> =>
  runPlan(dataSource, ref, { from: ['claimed'], ...toQueue() });

const ENDING: Plan['from'] = ['queued', 'held', 'claimed'];

/** A person who had been held keeps the rule that held them: it explains why nothing was sent in time. */
const toCancelled = (reason: string, facts: DecisionFacts): Plan => ({
  from: ENDING,
  by: 'close_out',
  after: (row) => {
    if (!ENDING.includes(row.state)) return null;
    const because = row.ruleId === null ? { ruleId: 'R-16' as const, facts } : { ruleId: row.ruleId, facts: row.facts };
    return { ...row, ...UNDECIDED, state: 'cancelled', reason, ...because };
  },
});

async function runPlan(dataSource: DataSource, ref: CampaignRef, plan: Plan): Promise<CloseOut> {
  let moved = 0;
  for (;;) {
    const chunk = await inTransaction(dataSource, (manager) => moveChunk(manager, ref, plan));
    if (chunk.moved > 0) crashPoint('after-close-out-fence');
    moved += chunk.moved;
    if (chunk.found === 0) break;
  }
  await sweepCampaign(dataSource, ref);
  return { moved, done: await inTransaction(dataSource, (manager) => isQuiet(manager, ref, plan)) };
}

/** What was found may have moved under another's hand meanwhile: only a look that finds nothing is the last. */
async function moveChunk(
  manager: EntityManager,
  ref: CampaignRef,
  plan: Plan,
): Promise<{ readonly found: number; readonly moved: number }> {
  await fenceOff(manager, ref);
  const found = await findWaiting(manager, ref, plan.from, CHUNK);
  const { moved, wakes } = await giveBackRows(manager, ref, found, plan);
  await wakeAll(manager, wakes);
  return { found: found.length, moved: moved.length };
}

/** Fences every open batch, single ones too: whoever held one begins nothing any more. */
async function fenceOff(manager: EntityManager, ref: CampaignRef): Promise<void> {
  await rows(
    manager,
    `UPDATE batches SET fence = fence + 1, state = 'closed', closed_at = now()
      WHERE workspace_id = $1 AND id IN (
        SELECT id FROM batches WHERE workspace_id = $1 AND campaign_id = $2 AND state = 'open' ORDER BY id FOR UPDATE)`,
    [ref.workspaceId, ref.campaignId],
  );
}

/** An attempt that was fenced off may have put somebody back since the last look: whoever is left is taken next time. */
async function isQuiet(manager: EntityManager, ref: CampaignRef, { from }: Plan): Promise<boolean> {
  const found = await findWaiting(manager, ref, [...from, 'sending'], 1);
  return found.length === 0;
}
