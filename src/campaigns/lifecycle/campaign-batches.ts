import type { DataSource } from 'typeorm';
import type { BatchResult, CampaignBatches, CampaignIds } from '../../../activities/campaign.ports';
import type { SingleSend, SingleSending, SingleSendResult } from '../../../activities/sending.ports';
import type { SendState } from '../../../domain/delivery/send-transitions';
import type { BatchReport } from '../../ledger/batch-report';
import type { BatchRunner } from '../../ledger/batch-runner';
import { applyBatchEffects } from '../../ledger/campaign-effects';
import { closeOut, pauseOut } from '../../ledger/close-out';
import { readNowMs } from '../../persistence/clock';
import { inTransaction, rows } from '../../persistence/database';

/**
 * A workflow hears of its batches this often, milliseconds of wall clock: those that a fast Page sends sooner follow one
 * another without it, for its way through Temporal takes as long as a fourth of such a batch.
 */
const TELLS_AFTER_MS = 2_000;

/** Batches and single sends over the ledger. */
export class LedgerBatches implements CampaignBatches, SingleSending {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runner: BatchRunner,
  ) {}

  async draw(ids: CampaignIds, atMost: number): Promise<BatchResult> {
    const endMs = performance.now() + TELLS_AFTER_MS;
    const report = await this.runner.run(ids, atMost, async (batch) => {
      await applyBatchEffects(this.dataSource, ids, batch);
      return goesOn(batch) && performance.now() < endMs;
    });
    const { claimed, held, refused, accepted, failed, unknown, effect } = report;
    return { claimed, held, refused, accepted, failed, unknown, stoppedBy: effect === null ? null : effect.kind };
  }

  async sendSingle({ workspaceId, pageId, campaignId, sendId }: SingleSend): Promise<SingleSendResult> {
    const ids = { workspaceId, pageId, campaignId };
    await applyBatchEffects(this.dataSource, ids, await this.runner.runSingle(ids, sendId));
    const [send] = await rows<{ state: SendState; rule_id: string | null; due_at: Date | null }>(
      this.dataSource.manager,
      'SELECT state, rule_id, due_at FROM sends WHERE workspace_id = $1 AND campaign_id = $2 AND id = $3',
      [workspaceId, campaignId, sendId],
    );
    if (send === undefined) return { state: 'cancelled' };
    return {
      state: send.state,
      ...(send.rule_id !== null && { ruleId: send.rule_id }),
      ...(send.due_at !== null && { dueAtMs: send.due_at.getTime() }),
    };
  }

  async closeOut(ids: CampaignIds, reason: string): Promise<boolean> {
    const { done } = await closeOut(this.dataSource, ids, reason);
    if (done) await this.noteClosedOut(ids);
    return done;
  }

  async pauseOut(ids: CampaignIds): Promise<boolean> {
    return (await pauseOut(this.dataSource, ids)).done;
  }

  private noteClosedOut(ids: CampaignIds): Promise<void> {
    return inTransaction(this.dataSource, async (manager) => {
      await rows(manager, 'UPDATE campaigns SET closed_out_at = $3 WHERE workspace_id = $1 AND id = $2', [
        ids.workspaceId,
        ids.campaignId,
        new Date(await readNowMs(manager)),
      ]);
    });
  }
}

/** Whatever else a batch came to, a probe or one that was resumed after a crash among them, the workflow decides anew. */
const goesOn = ({ claimed, unknown, effect, isProbe }: BatchReport): boolean =>
  claimed > 0 && unknown === 0 && effect === null && !isProbe;
