import { expect } from '@jest/globals';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import type { StatusEvent } from '../../src/ledger/apply-status-events';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import type { BatchHandle } from '../../src/ledger/batches';
import { closeBatch, lockBatch } from '../../src/ledger/batches';
import { cancelWaitingSends } from '../../src/ledger/cancel-waiting';
import { claimAhead } from '../../src/ledger/claim';
import { closeOut, pauseOut } from '../../src/ledger/close-out';
import { putBackClaimed } from '../../src/ledger/put-back';
import type { SendRow } from '../../src/ledger/send-row';
import type { SendOutcome } from '../../src/ledger/settle';
import { assumeSent, sweepAll, sweepClaims } from '../../src/ledger/sweep';
import { uuidV7 } from '../../src/security/uuid-v7';
import { askedAgain } from '../support/asked-again';
import type { LedgerUnderTest, TestCampaign } from '../support/ledger-builders';
import { answerTo, at } from '../support/ledger-builders';
import { refusedWith, taken } from '../support/scripted-meta';
import type { LedgerModel, ModelAnswer, ModelBatch, ModelEvent, ModelSend } from './ledger-model';

/** A message that left and whose answer has not been settled. */
export interface InFlight {
  readonly row: SendRow;
  readonly send: ModelSend;
  readonly attempt: number;
  readonly handle: Held;
}

/** A batch as an attempt holds it, in the ledger and in the model. */
export interface Held {
  readonly batch: BatchHandle;
  readonly model: ModelBatch;
  readonly fence: number;
}

const OUTCOMES: Readonly<Record<ModelAnswer, () => SendOutcome>> = {
  accepted: taken,
  dead: () => refusedWith(9_000_001),
  wait: () => refusedWith(2_300_035, 3_600),
  pacing: () => refusedWith(2_300_055),
  lost: () => ({ kind: 'unknown', reason: 'timeout' }),
  not_sent: () => ({ kind: 'not_sent', reason: 'too_late' }),
};

interface StoredLedger {
  readonly sends: [id: string, campaign: number, person: number, ...state: unknown[]][];
  readonly money: { reserved: number; spent: number }[];
  readonly people: [untilMs: number | null, holder: string | null, metaUntilMs: number | null][];
}

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint`;

/** All that a model speaks of in one statement: it is asked after every command. */
const READ = `
SELECT
  (SELECT coalesce(json_agg(json_build_array(id, array_position($1::uuid[], campaign_id), array_position($2::uuid[], subscriber_id), state,
            reserved, ${ms('due_at')}, delivered_at IS NOT NULL)), '[]')
     FROM sends WHERE campaign_id = ANY($1)) AS sends,
  (SELECT json_agg(json_build_object('reserved', reserved_minor, 'spent', spent_minor)
            ORDER BY array_position($1::uuid[], campaign_id))
     FROM campaign_budgets WHERE campaign_id = ANY($1)) AS money,
  (SELECT json_agg(json_build_array(${ms('paid_slot_until')}, paid_slot_send, ${ms('meta_paid_until')})
            ORDER BY array_position($2::uuid[], id))
     FROM subscribers WHERE id = ANY($2)) AS people`;

/** The real ledger of one run: two campaigns and a few people, and what its processes hold in their hands. */
export class LedgerWorld {
  /** The batch that the process of each campaign holds; null after a crash. */
  readonly held: (Held | null)[];
  /** What earlier processes of each campaign held, and still believe they hold. */
  readonly older: readonly Held[][];
  readonly inFlight: InFlight[] = [];

  constructor(
    readonly ledger: LedgerUnderTest,
    readonly pageId: string,
    readonly campaigns: readonly TestCampaign[],
    readonly people: readonly string[],
  ) {
    this.held = campaigns.map(() => null);
    this.older = campaigns.map(() => []);
  }

  /** A process takes over a campaign's batch from the one before. */
  take(campaign: number, held: Held | null): void {
    this.putAside(campaign);
    this.held[campaign] = held;
  }

  /** @param isAsleep - whether the processes may wake up again */
  letGo(isAsleep: boolean): void {
    if (isAsleep)
      this.campaigns.forEach((_ref, campaign) => {
        this.putAside(campaign);
      });
    this.held.fill(null);
  }

  private putAside(campaign: number): void {
    const held = this.held[campaign];
    if (held !== null && held !== undefined) at(this.older, campaign).push(held);
  }

  async choose(campaign: number, people: readonly number[]): Promise<number> {
    const ids = people.map((person) => at(this.people, person));
    return (await this.ledger.choose(at(this.campaigns, campaign), ids)).duplicates;
  }

  async claim(campaign: number, atMost: number): Promise<BatchHandle | null> {
    return (await this.ledger.claim(at(this.campaigns, campaign), atMost)).batch;
  }

  /** The rest of the audience, beside what the batch still has claimed. */
  async claimAhead(campaign: number, { batch }: Held, left: number): Promise<void> {
    const parts = { contents: this.ledger.contents, holdWorkflowMax: 1_000 };
    await this.ledger.asWorker((manager) => claimAhead(manager, parts, at(this.campaigns, campaign), batch, left));
  }

  async begin(campaign: number, { batch }: Held, atMost: number): Promise<SendRow[]> {
    const { begun } = await this.ledger.begin(at(this.campaigns, campaign), batch, atMost);
    return begun.map(({ after }) => after);
  }

  async settle({ row, send, handle }: InFlight, answer: ModelAnswer): Promise<void> {
    await this.ledger.settle(at(this.campaigns, send.campaign), handle.batch, [answerTo(row, OUTCOMES[answer]())]);
  }

  async finish(campaign: number, { batch }: Held): Promise<void> {
    const ref = at(this.campaigns, campaign);
    await this.ledger.asWorker(async (manager) => {
      if (!(await lockBatch(manager, ref.workspaceId, batch))) return;
      await putBackClaimed(manager, ref, batch);
      await closeBatch(manager, ref.workspaceId, batch);
    });
  }

  async sweep(): Promise<void> {
    await this.ledger.owner.query(
      `UPDATE sends SET begun_wall_at = now() - interval '61 seconds' WHERE campaign_id = ANY($1)`,
      [this.campaigns.map(({ campaignId }) => campaignId)],
    );
    await sweepAll(this.ledger.worker);
  }

  async sweepOldClaims(): Promise<void> {
    await this.ledger.owner.query(
      `UPDATE sends SET claimed_wall_at = now() - interval '121 seconds' WHERE campaign_id = ANY($1)`,
      [this.campaigns.map(({ campaignId }) => campaignId)],
    );
    await sweepClaims(this.ledger.worker);
  }

  async report(send: ModelSend, events: readonly ModelEvent[]): Promise<void> {
    const { metaCampaignId, pageId } = at(this.campaigns, send.campaign);
    const person = at(this.people, send.person);
    const statuses = events.map((state): StatusEvent => {
      const tokenHash = this.ledger.tokenHash(pageId, person);
      return { inboxId: uuidV7(), pageId, state, trackingId: null, tokenHash, metaCampaignId, atMs: this.ledger.nowMs };
    });
    await this.ledger.asWorker((manager) => applyStatusEvents(manager, this.ledger.workspaceId, statuses, []));
  }

  async optOut(person: number): Promise<void> {
    const { workspaceId, nowMs } = this.ledger;
    const who = { workspaceId, pageId: this.pageId, subscriberId: at(this.people, person) };
    await this.ledger.asWorker(async (manager) => {
      await applyOptOuts(manager, [{ ...who, atMs: nowMs, source: 'api', tellMeta: false }]);
    });
    await this.ledger.asWorker((manager) =>
      cancelWaitingSends(manager, { ...who, reason: 'opted_out', ruleId: 'R-11' }),
    );
  }

  optIn(person: number): Promise<unknown> {
    return this.ledger.owner.query(`UPDATE subscribers SET consent = 'granted' WHERE id = $1`, [
      at(this.people, person),
    ]);
  }

  async pause(campaign: number): Promise<void> {
    await this.move(campaign, 'paused');
    await pauseOut(this.ledger.worker, at(this.campaigns, campaign));
  }

  resume(campaign: number): Promise<unknown> {
    return this.move(campaign, 'active');
  }

  async stop(campaign: number): Promise<void> {
    await this.move(campaign, 'stopped');
    await closeOut(this.ledger.worker, at(this.campaigns, campaign), 'stopped_by_request');
  }

  private move(campaign: number, state: string): Promise<unknown> {
    const { campaignId } = at(this.campaigns, campaign);
    return this.ledger.owner.query('UPDATE campaigns SET state = $2 WHERE id = $1', [campaignId, state]);
  }

  raise(campaign: number, minor: number): Promise<unknown> {
    const { campaignId } = at(this.campaigns, campaign);
    const sql = 'UPDATE campaign_budgets SET budget_minor = budget_minor + $2 WHERE campaign_id = $1';
    return this.ledger.owner.query(sql, [campaignId, minor]);
  }

  async advance(ms: number): Promise<void> {
    await this.ledger.advance(ms);
    await assumeSent(this.ledger.worker);
  }

  /** The rows of both must say the same of every message, every person and all money. */
  async expectLike(model: LedgerModel): Promise<void> {
    expect(await this.read()).toEqual(this.readModel(model));
  }

  private async read(): Promise<unknown> {
    const [read] = await askedAgain<StoredLedger>(this.ledger.owner, READ, [
      this.campaigns.map(({ campaignId }) => campaignId),
      this.people,
    ]);
    if (read === undefined) throw new Error('The ledger is gone.');
    const name = new Map<string, string>();
    const sends = read.sends.map(([id, campaign, person, ...rest]) => {
      const key = `${campaign - 1}:${person - 1}`;
      name.set(id, key);
      return [key, ...rest];
    });
    const people = read.people.map(([untilMs, holder, metaUntilMs]) => [
      untilMs,
      holder === null ? null : name.get(holder),
      metaUntilMs,
    ]);
    return { sends: sends.sort(), money: read.money, people };
  }

  private readModel(model: LedgerModel): unknown {
    const keyOf = (send: ModelSend): string => `${send.campaign}:${send.person}`;
    return {
      sends: model.sends.map((send) => [keyOf(send), send.state, send.reserved, send.dueMs, send.delivered]).sort(),
      money: model.campaigns.map(({ reserved, spent }) => ({ reserved, spent })),
      people: model.people.map(({ slot, metaUntilMs }) => [
        slot.untilMs,
        slot.holder === null ? null : keyOf(slot.holder),
        metaUntilMs,
      ]),
    };
  }
}
