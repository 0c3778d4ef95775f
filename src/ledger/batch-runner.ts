import type { DataSource } from 'typeorm';
import { crashPoint } from '../crash-points';
import { inTransaction, isUniqueViolation } from '../persistence/database';
import type { BatchHandle } from './batches';
import { closeBatch, lockBatch } from './batches';
import type { BegunSend } from './begin';
import type { CampaignRecord, CampaignRef } from './campaign-record';
import type { ClaimOutcome } from './claim';
import { claimBatch, claimSingle } from './claim';
import type { ContentStore } from './content-store';
import type { MessageSender } from './message-sender';
import { SLICE_SIZE, wholeSliceAfterMs } from './page-rate';
import { putBackClaimed } from './put-back';
import type { SettledSend, SettleEffect, SettleOutcome } from './settle';
import { NOTHING_SETTLED } from './settle';
import type { Slice } from './settle-and-begin';
import { settleAndBegin } from './settle-and-begin';

/** After its begin a message leaves within this time of the process's own clock, or not at all (protocol §3.5). */
const LEAVE_WITHIN_MS = 3_000;

/** An answer in hand is evidence: its settle is tried again this often, a second apart, before the sweeper takes over. */
const SETTLE_ATTEMPTS = 45;
const SETTLE_AGAIN_MS = 1_000;

/** Longest wait for the Page's lease at one time, so that a fence or a stop is noticed. */
const LEASE_WAIT_MS = 1_000;

/** Answers wait this long for the lease, to be settled together with the next begin; longer waits they do not share. */
const ANSWERS_WAIT_MS = 300;

/** What one batch came to. */
export interface BatchReport {
  readonly claimed: number;
  readonly held: number;
  readonly refused: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  /** Whether it began anything while Meta was not known to send for the campaign. */
  readonly isProbe: boolean;
  /** What stopped it, if something that names campaign, Page, account, rate or readiness did. */
  readonly effect: SettleEffect | null;
}

/** What a runner works with. */
export interface RunnerParts {
  readonly dataSource: DataSource;
  readonly sender: Pick<MessageSender, 'send'>;
  readonly contents: ContentStore;
  readonly holdWorkflowMax: number;
}

/** What a batch came to so far. */
type Sum = SettleOutcome & { readonly isProbe: boolean };

/** One transaction of a batch. */
interface Step extends Omit<Slice, 'begun'> {
  readonly begun: readonly BegunSend[];
  readonly isClosed: boolean;
  /** When its transaction began, by `performance.now()`. */
  readonly startedMs: number;
}

/** Runs a batch from its claim to its last settle; run again after a crash it goes on with what is `claimed`. */
export class BatchRunner {
  constructor(private readonly parts: RunnerParts) {}

  /** @param atMost - a probe takes one */
  run(ref: CampaignRef, atMost: number): Promise<BatchReport> {
    return this.claimAndSend(ref, (manager) => claimBatch(manager, this.parts, ref, atMost));
  }

  /** Sends one message for the subscriber's own workflow. */
  runSingle(ref: CampaignRef, sendId: string): Promise<BatchReport> {
    return this.claimAndSend(ref, (manager) => claimSingle(manager, this.parts, ref, sendId));
  }

  private async claimAndSend(
    ref: CampaignRef,
    claim: (manager: DataSource['manager']) => Promise<ClaimOutcome>,
  ): Promise<BatchReport> {
    const { batch, claimed, held, refused } = await this.claim(claim);
    if (batch !== null) crashPoint('after-claim');
    const { accepted, failed, unknown, effect, isProbe } =
      batch === null ? { ...NOTHING_SETTLED, isProbe: false } : await this.drain(ref, batch);
    return { claimed, held, refused, accepted, failed, unknown, isProbe, effect };
  }

  /** Two attempts of one activity, or a call that chose the same person, may meet here: the second look sees the first. */
  private async claim(claim: (manager: DataSource['manager']) => Promise<ClaimOutcome>): Promise<ClaimOutcome> {
    const { dataSource } = this.parts;
    try {
      return await inTransaction(dataSource, claim);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return inTransaction(dataSource, claim);
    }
  }

  private async drain(ref: CampaignRef, batch: BatchHandle): Promise<Sum> {
    let total: Sum = { ...NOTHING_SETTLED, isProbe: false };
    let answers: readonly SettledSend[] = [];
    let wanted = SLICE_SIZE;
    for (;;) {
      const step = await this.step(ref, batch, answers, wanted);
      if (answers.length > 0) crashPoint('after-settle-commit');
      total = add(total, step);
      if (step.begun.length > 0) crashPoint('after-begin');
      if (step.isFencedOff || step.isClosed) return total;
      if (step.campaign === null || isBlocked(step)) break;
      answers = await this.sendSlice(step, step.campaign);
      if (answers.length > 0) crashPoint('before-settle');
      wanted = await waitForLease(step, answers.length > 0);
    }
    await this.giveUp(ref, batch);
    return total;
  }

  /** Settles and begins; a batch of which nothing is claimed any more is closed in the same transaction. */
  private async step(
    ref: CampaignRef,
    batch: BatchHandle,
    answers: readonly SettledSend[],
    wanted: number,
  ): Promise<Step> {
    for (let attempt = 1; ; attempt += 1) {
      const startedMs = performance.now();
      try {
        return await inTransaction(this.parts.dataSource, async (manager) => {
          const slice = await settleAndBegin(manager, ref, batch, answers, wanted);
          const isLast = slice.campaign !== null && slice.found === 0;
          const isClosed = isLast && (await closeBatch(manager, ref.workspaceId, batch));
          return { ...slice, begun: await this.withContents(manager, ref, slice), isClosed, startedMs };
        });
      } catch (error) {
        if (answers.length === 0 || attempt >= SETTLE_ATTEMPTS) throw error;
        await pause(SETTLE_AGAIN_MS);
      }
    }
  }

  private async withContents(
    manager: DataSource['manager'],
    { workspaceId }: CampaignRef,
    { begun }: Slice,
  ): Promise<BegunSend[]> {
    const messageIds = begun.map(({ after }) => after.campaignMessageId);
    const contents = await this.parts.contents.open(manager, workspaceId, messageIds);
    return begun.map(({ after, address }) => ({
      row: after,
      address,
      content: contents.get(after.campaignMessageId) ?? null,
    }));
  }

  private sendSlice({ begun, startedMs }: Step, campaign: CampaignRecord): Promise<SettledSend[]> {
    return Promise.all(
      begun.map(async (send) => ({
        sendId: send.row.id,
        subscriberId: send.row.subscriberId,
        claimNo: send.row.claimNo,
        begunFence: send.row.begunFence,
        hasOwnContent: send.row.campaignMessageId === campaign.messageId,
        outcome: await this.parts.sender.send(send, campaign, startedMs + LEAVE_WITHIN_MS),
      })),
    );
  }

  /** What a stopped batch had claimed goes back to `queued`, slot and money with it. */
  private async giveUp(ref: CampaignRef, batch: BatchHandle): Promise<void> {
    await inTransaction(this.parts.dataSource, async (manager) => {
      if (!(await lockBatch(manager, ref.workspaceId, batch))) return;
      await putBackClaimed(manager, ref, batch);
      await closeBatch(manager, ref.workspaceId, batch);
    });
  }
}

const isBlocked = ({ rate }: Step): boolean => rate !== null && rate.blockedForMs > 0;

const add = (total: Sum, { settled, campaign, rate }: Step): Sum => ({
  accepted: total.accepted + settled.accepted,
  failed: total.failed + settled.failed,
  unknown: total.unknown + settled.unknown,
  requeued: total.requeued + settled.requeued,
  effect: total.effect ?? settled.effect ?? blockOf(rate),
  isProbe: total.isProbe || campaign?.state === 'populating',
});

/** A Page that Meta slowed down sends nothing till then: the campaign waits for it without a batch in its hands. */
const blockOf = (rate: Step['rate']): SettleEffect | null =>
  rate === null || rate.blockedForMs === 0 ? null : { kind: 'pacing', retryAfterMs: rate.blockedForMs, code: null };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the lease gives a whole slice. @returns how many the next step may begin: none while it only settles */
async function waitForLease({ rate, left, startedMs }: Step, hasAnswers: boolean): Promise<number> {
  if (rate === null || left === 0) return SLICE_SIZE;
  const waitMs = startedMs + wholeSliceAfterMs(rate, left) - performance.now();
  if (hasAnswers && waitMs > ANSWERS_WAIT_MS) return 0;
  if (waitMs > 0) await pause(Math.min(LEASE_WAIT_MS, waitMs));
  return SLICE_SIZE;
}
