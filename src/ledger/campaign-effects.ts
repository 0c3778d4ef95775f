import type { DataSource, EntityManager } from 'typeorm';
import type { CampaignMover, CampaignReason, CampaignState } from '../../domain/campaign/campaign-transitions';
import { campaignMovesTo } from '../../domain/campaign/campaign-transitions';
import { probeAgainMs } from '../../domain/rules/campaign-rules';
import type { Wake } from '../outbox/wake';
import { wakeAll } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { inTransaction, rows } from '../persistence/database';
import type { BatchReport } from './batch-report';
import type { CampaignRef } from './campaign-record';
import { speedUp } from './page-rate';
import type { SettleEffect } from './settle';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';

/**
 * Moves a campaign by compare-and-set along the one transition table; the hidden one of a Page has no course.
 *
 * @returns whether the row moved; false when somebody else moved it first
 */
export async function moveCampaign(
  manager: EntityManager,
  ref: Pick<CampaignRef, 'workspaceId' | 'campaignId'>,
  to: CampaignState,
  by: CampaignMover,
  reason: CampaignReason | null,
  nowMs: number,
): Promise<boolean> {
  const isFinal = to === 'ended' || to === 'stopped' || to === 'failed';
  const moved = await rows(
    manager,
    `UPDATE campaigns SET resumes_to = CASE WHEN $3 = 'paused' THEN state END, state = $3, reason = $4, rev = rev + 1,
            waiting_for = NULL, finished_at = CASE WHEN $5 THEN $6::timestamptz END, updated_at = now()
      WHERE workspace_id = $1 AND id = $2 AND state = ANY($7) AND NOT hidden RETURNING id`,
    [ref.workspaceId, ref.campaignId, to, reason, isFinal, new Date(nowMs), campaignMovesTo(to, by)],
  );
  return moved.length === 1;
}

/** Carries what a batch came to, and a Page that is blocked, to campaign and rate, in the order of locks. */
export async function applyBatchEffects(dataSource: DataSource, ref: CampaignRef, report: BatchReport): Promise<void> {
  const { accepted, unknown, effect, isProbe } = report;
  if (accepted + unknown === 0 && effect === null) return;
  await inTransaction(dataSource, async (manager) => {
    const nowMs = await readNowMs(manager);
    if (effect === null && accepted > 0) await speedUp(manager, ref);
    if (accepted > 0) await markAccepted(manager, ref, isProbe, nowMs);
    else if (isProbe && unknown > 0) await probeLater(manager, ref, nowMs + probeAgainMs(null, nowMs));
    if (effect?.kind === 'pacing') await claimFrom(manager, ref, nowMs + effect.retryAfterMs);
  });
}

/** The first accepted send ends the population wait. */
async function markAccepted(manager: EntityManager, ref: CampaignRef, isProbe: boolean, nowMs: number): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET first_accepted_at = coalesce(first_accepted_at, $3), last_accepted_at = $3,
            not_ready_since = NULL, next_probe_at = NULL, reason = CASE WHEN reason = 'not_ready' THEN NULL ELSE reason END
      WHERE workspace_id = $1 AND id = $2 AND NOT hidden`,
    [ref.workspaceId, ref.campaignId, new Date(nowMs)],
  );
  if (isProbe) await wakeAll(manager, await moveAndTell(manager, ref, 'active', 'ready', null, nowMs));
}

/** Its workflow hears of a move that somebody else's message brought about. */
async function moveAndTell(
  manager: EntityManager,
  ref: CampaignRef,
  to: CampaignState,
  by: CampaignMover,
  reason: CampaignReason | null,
  nowMs: number,
): Promise<Wake[]> {
  if (!(await moveCampaign(manager, ref, to, by, reason, nowMs))) return [];
  const { workspaceId, pageId, campaignId } = ref;
  return [{ workspaceId, pageId, ownerKind: 'campaign', ownerId: campaignId, signal: refreshSignal.name }];
}

/**
 * Carries what an answer says of campaign, Page or account to the campaign, in the transaction that settles the answer:
 * whoever goes on after a crash knows it no more. Behind the batch and before people in the order of locks.
 *
 * @returns who is to hear of it, with the last statement
 */
export async function applyEffect(
  manager: EntityManager,
  ref: CampaignRef,
  effect: SettleEffect,
  nowMs: number,
): Promise<Wake[]> {
  switch (effect.kind) {
    case 'not_ready':
      await waitForReadiness(manager, ref, nowMs, nowMs + effect.retryAfterMs);
      return [];
    case 'pause':
      return moveAndTell(manager, ref, 'paused', 'suspend', effect.reason, nowMs);
    case 'end':
      return moveAndTell(manager, ref, 'failed', 'fail', effect.reason, nowMs);
    case 'rate':
    case 'pacing':
      await claimFrom(manager, ref, nowMs + effect.retryAfterMs);
      return [];
    case 'budget_daily':
    case 'budget_lifetime':
      return [];
  }
}

/** Nobody's fault: the next probe comes by code, and the person stays queued. */
async function waitForReadiness(
  manager: EntityManager,
  ref: CampaignRef,
  nowMs: number,
  probeAtMs: number,
): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET not_ready_since = coalesce(not_ready_since, $3), next_probe_at = $4, claims_from = greatest(claims_from, $4)
      WHERE workspace_id = $1 AND id = $2 AND NOT hidden`,
    [ref.workspaceId, ref.campaignId, new Date(nowMs), new Date(probeAtMs)],
  );
}

/** A probe without an answer says nothing: the next one takes another person, and not at once. */
async function probeLater(manager: EntityManager, ref: CampaignRef, atMs: number): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET next_probe_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'populating'`,
    [ref.workspaceId, ref.campaignId, new Date(atMs)],
  );
}

/** A campaign that still probes waits with its next probe. */
async function claimFrom(manager: EntityManager, ref: CampaignRef, fromMs: number): Promise<void> {
  await rows(
    manager,
    `UPDATE campaigns SET claims_from = greatest(claims_from, $3),
            next_probe_at = CASE WHEN state = 'populating' THEN $3 ELSE next_probe_at END
      WHERE workspace_id = $1 AND id = $2 AND NOT hidden`,
    [ref.workspaceId, ref.campaignId, new Date(fromMs)],
  );
}

/** Meta says that the budget is used up: it counts more than we do, so nothing remains until a raise. Behind the sends. */
export async function believeMetaBudget(
  manager: EntityManager,
  ref: CampaignRef,
  { kind }: SettleEffect,
): Promise<void> {
  if (kind !== 'budget_daily' && kind !== 'budget_lifetime') return;
  await rows(
    manager,
    `UPDATE campaign_budgets SET meta_spend_minor = greatest(coalesce(meta_spend_minor, 0), budget_minor)
      WHERE workspace_id = $1 AND campaign_id = $2`,
    [ref.workspaceId, ref.campaignId],
  );
}
