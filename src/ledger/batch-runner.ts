import type { DataSource } from 'typeorm';
import { crashPoint } from '../crash-points';
import { inTransaction, isLockTimeout, isUniqueViolation } from '../persistence/database';
import type { BatchReport } from './batch-report';
import { NOTHING_DONE, Progress } from './batch-report';
import type { BatchHandle } from './batches';
import { closeBatch, fenceOffLeft, lockBatch } from './batches';
import type { BegunSend } from './begin';
import type { CampaignRecord, CampaignRef } from './campaign-record';
import type { ClaimOutcome } from './claim';
import { NOBODY_CLAIMED, claimAhead, claimBatch, claimSingle } from './claim';
import type { ContentStore } from './content-store';
import { Flight } from './flight';
import type { MessageSender } from './message-sender';
import { SLICE_SIZE, wholeSliceAfterMs } from './page-rate';
import { putBackClaimed } from './put-back';
import type { SettledSend, SettleEffect } from './settle';
import type { Slice } from './settle-and-begin';
import { settleAndBegin } from './settle-and-begin';
import { Supply } from './supply';

/** After its begin a message leaves within this time of the process's own clock, or not at all (protocol §3.5). */
const LEAVE_WITHIN_MS = 3_000;

/** An answer in hand is evidence: its settle is tried again this often, a second apart, before the sweeper takes over. */
const SETTLE_ATTEMPTS = 45;
const SETTLE_AGAIN_MS = 1_000;

/** Longest wait for the Page's lease at one time, so that a fence or a stop is noticed. */
const LEASE_WAIT_MS = 1_000;

/** Answers wait this long for lease and claim, to be settled together with the next begin; longer waits they do not share. */
const ANSWERS_WAIT_MS = 300;

/** What a runner works with. */
export interface RunnerParts {
  readonly dataSource: DataSource;
  readonly sender: Pick<MessageSender, 'send'>;
  readonly contents: ContentStore;
  readonly holdWorkflowMax: number;
}

/** One transaction of a batch. */
interface Step extends Omit<Slice, 'begun'> {
  readonly begun: readonly BegunSend[];
  readonly isClosed: boolean;
  /** When its transaction began, by `performance.now()`. */
  readonly startedMs: number;
}

/**
 * Runs batches from their claim to their last settle; run again after a crash it goes on with what is `claimed`. Behind a
 * slice that is on its way to Meta the next one is begun, where answers come fast and the Page's lease gives one at once.
 */
export class BatchRunner {
  constructor(private readonly parts: RunnerParts) {}

  /**
   * Runs a batch and those that follow it. Where Meta is fast a batch is added to before its last slices leave, and the
   * last slice of one may be answered while the next one is claimed.
   *
   * @param atMost - how many people a batch takes; a probe takes one
   * @param after - hears what was done since the last time, and in the end what was still to be answered; says whether
   *   more may be claimed
   * @returns what they came to together
   */
  async run(
    ref: CampaignRef,
    atMost: number,
    after: (report: BatchReport) => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<BatchReport> {
    const flight = new Flight();
    const progress = new Progress(after);
    let last: BatchHandle | null = null;
    try {
      for (let goesOn = true; goesOn;) {
        const isFirst = last === null;
        const { batch, ...claimed } = await this.claim(async (manager) => {
          if (isFirst) await fenceOffLeft(manager, ref);
          return claimBatch(manager, this.parts, ref, atMost);
        });
        last = batch ?? last;
        progress.add(claimed);
        if (batch !== null) {
          const supply = this.supplyOf(ref, batch, claimed.claimed, progress);
          await this.drain(ref, batch, flight, progress, supply);
        }
        goesOn = (await progress.tell()) && batch !== null;
      }
    } catch (error) {
      // What went wrong first says why; answers that cannot be settled either are the sweeper's.
      await this.land(ref, last, flight, progress).catch(() => undefined);
      throw error;
    }
    await this.land(ref, last, flight, progress);
    await progress.tell();
    return progress.total;
  }

  /** Sends one message for the subscriber's own workflow. */
  async runSingle(ref: CampaignRef, sendId: string): Promise<BatchReport> {
    const progress = new Progress();
    const { batch, ...claimed } = await this.claim((manager) => claimSingle(manager, this.parts, ref, sendId));
    progress.add(claimed);
    if (batch !== null) await this.drain(ref, batch, new Flight(), progress, new Supply(claimed.claimed));
    return progress.total;
  }

  /** What a batch has claimed, and the claim that adds to it as long as whoever hears of it lets it go on. */
  private supplyOf(ref: CampaignRef, batch: BatchHandle, claimed: number, progress: Progress): Supply {
    if (batch.kind !== 'audience') return new Supply(claimed);
    return new Supply(claimed, async (left) => {
      if (!(await progress.tell())) return 0;
      const more = await this.claim((manager) => claimAhead(manager, this.parts, ref, batch, left)).catch(
        waitedTooLong,
      );
      progress.add({ claimed: more.claimed, held: more.held, refused: more.refused });
      if (more.claimed > 0) crashPoint('after-claim');
      return more.claimed;
    });
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

  /** Sends what a batch has claimed; answers may still be to come when it is closed, and none when it gave up. */
  private async drain(
    ref: CampaignRef,
    batch: BatchHandle,
    flight: Flight,
    progress: Progress,
    supply: Supply,
  ): Promise<void> {
    crashPoint('after-claim');
    try {
      await untilNextBegin(flight);
      for (let wanted = SLICE_SIZE; ;) {
        await supply.untilASlice(ANSWERS_WAIT_MS);
        const answers = await flight.takeAnswers();
        if (answers.length > 0) crashPoint('before-settle');
        const step = await this.step(ref, batch, flight, answers, wanted, supply.isComing);
        if (answers.length > 0) crashPoint('after-settle-commit');
        progress.add(sentIn(step));
        if (step.begun.length > 0) crashPoint('after-begin');
        if (step.campaign !== null) this.depart(flight, step, step.campaign);
        if (step.isFencedOff || step.isClosed) return;
        if (step.campaign === null || isBlocked(step)) {
          await this.giveUp(ref, batch);
          await this.land(ref, batch, flight, progress);
          return;
        }
        supply.took(step);
        if (flight.isBrisk) supply.order(step);
        wanted = await untilNextStep(flight, step);
      }
    } finally {
      await supply.untilNothingComes();
    }
  }

  /** Settles what is still to be answered of batches that begin nothing more. */
  private async land(ref: CampaignRef, batch: BatchHandle | null, flight: Flight, progress: Progress): Promise<void> {
    if (batch === null || flight.isOver) return;
    await flight.untilAnswered();
    progress.add(sentIn(await this.step(ref, batch, flight, await flight.takeAnswers(), 0)));
  }

  /**
   * Settles and begins. A batch of which nothing is claimed any more is closed in the same transaction: with its last
   * begin where answers come fast, else with the answers to it. Tried again it only settles: no answer is lost to a begin
   * that fails, and the next begin knows the answers that have come meanwhile.
   */
  private async step(
    ref: CampaignRef,
    batch: BatchHandle,
    flight: Flight,
    answers: readonly SettledSend[],
    wanted: number,
    isMoreComing = false,
  ): Promise<Step> {
    for (let attempt = 1; ; attempt += 1) {
      const startedMs = performance.now();
      try {
        return await inTransaction(this.parts.dataSource, async (manager) => {
          const slice = await settleAndBegin(manager, ref, batch, answers, attempt === 1 ? wanted : 0);
          const isLast = !isMoreComing && (slice.found === 0 || (flight.isBrisk && slice.left === 0));
          const isClosed = slice.campaign !== null && isLast && (await closeBatch(manager, ref.workspaceId, batch));
          return { ...slice, begun: await this.withContents(manager, ref, slice), isClosed, startedMs };
        });
      } catch (error) {
        const isNothingLost = answers.length === 0 && flight.isOver;
        if (isNothingLost || attempt >= SETTLE_ATTEMPTS) throw error;
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

  private depart(flight: Flight, { begun, startedMs }: Step, campaign: CampaignRecord): void {
    const leaveBeforeMs = startedMs + LEAVE_WITHIN_MS;
    const departures = begun.map((send) => async (onLeave: () => void) => ({
      sendId: send.row.id,
      subscriberId: send.row.subscriberId,
      claimNo: send.row.claimNo,
      begunFence: send.row.begunFence,
      tries: send.row.tries,
      hasOwnContent: send.row.campaignMessageId === campaign.messageId,
      outcome: await this.parts.sender.send(send, campaign, { leaveBeforeMs, onLeave }),
    }));
    flight.start(departures);
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

/** A claim that waited too long has added nobody; whoever it waited for is claimed with the next batch. */
function waitedTooLong(error: unknown): ClaimOutcome {
  if (!isLockTimeout(error)) throw error;
  return NOBODY_CLAIMED;
}

const isBlocked = ({ rate }: Step): boolean => rate !== null && rate.blockedForMs > 0;

const sentIn = ({ settled, campaign, rate }: Step): BatchReport => ({
  ...NOTHING_DONE,
  accepted: settled.accepted,
  failed: settled.failed,
  unknown: settled.unknown,
  isProbe: campaign?.state === 'populating',
  effect: settled.effect ?? blockOf(rate),
});

/** A Page that Meta slowed down sends nothing till then: the campaign waits for it without a batch in its hands. */
const blockOf = (rate: Step['rate']): SettleEffect | null =>
  rate === null || rate.blockedForMs === 0 ? null : { kind: 'pacing', retryAfterMs: rate.blockedForMs, code: null };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Where Meta is fast the next slice is begun when the one before has left, so that Meta and Postgres work at one time. */
const untilNextBegin = (flight: Flight): Promise<void> =>
  flight.isBrisk ? flight.untilLeft() : flight.untilAnswered();

/**
 * Waits until the next slice may be begun and the lease gives it whole; where the lease lets wait, everything is answered
 * before.
 *
 * @returns how many the next step may begin: none while it only settles
 */
async function untilNextStep(flight: Flight, { rate, left, startedMs }: Step): Promise<number> {
  const leaseMs = rate === null || left === 0 ? 0 : startedMs + wholeSliceAfterMs(rate, left);
  if (left === 0 || leaseMs > performance.now()) await flight.untilAnswered();
  else await untilNextBegin(flight);
  const waitMs = leaseMs - performance.now();
  if (flight.hasAnswers && waitMs > ANSWERS_WAIT_MS) return 0;
  if (waitMs > 0) await pause(Math.min(LEASE_WAIT_MS, waitMs));
  return SLICE_SIZE;
}
