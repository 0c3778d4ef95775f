import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CampaignPlan } from '../../activities/campaign.ports';
import { PostgresCampaignRecords } from '../../src/campaigns/lifecycle/campaign-records';
import type { StatusEvent } from '../../src/ledger/apply-status-events';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { CampaignClosedError, queueChosen } from '../../src/ledger/queue-chosen';
import type { Wake } from '../../src/outbox/wake';
import { wakeAll } from '../../src/outbox/wake';
import { uuidV7 } from '../../src/security/uuid-v7';
import { holdOpen, someoneWaits } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const COST = 100;

let records: PostgresCampaignRecords;

beforeEach(() => {
  records = new PostgresCampaignRecords(ledgerOf().worker);
});

async function planOf(campaign: TestCampaign): Promise<CampaignPlan> {
  const plan = await records.load(campaign);
  if (plan === null) throw new Error('The campaign is gone.');
  return plan;
}

const isBehind = async (campaign: TestCampaign): Promise<boolean> => {
  const { wakeSeq, actedSeq } = await planOf(campaign);
  return wakeSeq > actedSeq;
};

describe('Money that comes back between the plan and its mark (protocol §6)', () => {
  /** A campaign whose last money is in flight, and Meta's word that the message failed. */
  async function lastMoneyInFlight(): Promise<{ campaign: TestCampaign; plan: CampaignPlan; failed: StatusEvent }> {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf(), { budgetMinor: COST, unitCostMinor: COST, audience: people });
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const { after } = at(begun, 0);
    await ledger.settle(campaign, batch, [answerTo(after, taken())]);
    const tokenHash = ledger.tokenHash(pageOf(), after.subscriberId);
    const { metaCampaignId } = campaign;
    const failed = { inboxId: uuidV7(), pageId: pageOf(), state: 'failed', trackingId: null, tokenHash } as const;
    const plan = await planOf(campaign);
    expect(plan.money.remainingMinor).toBe(0);
    return { campaign, plan, failed: { ...failed, metaCampaignId, atMs: ledger.nowMs } };
  }

  const report = (event: StatusEvent) =>
    holdOpen(ledgerOf().worker, async (manager) => {
      const wakes: Wake[] = [];
      await applyStatusEvents(manager, ledgerOf().workspaceId, [event], wakes);
      await wakeAll(manager, wakes);
    });
  const mark = (campaign: TestCampaign, { wakeSeq }: CampaignPlan): Promise<void> =>
    records.markActed(campaign, {
      actedSeq: wakeSeq,
      nextDueAtMs: null,
      waitingFor: { what: 'budget', untilMs: null, ruleId: 'R-14' },
      reason: 'budget_exhausted',
    });

  it('wakes the campaign that stops for its budget after it', async () => {
    const { campaign, plan, failed } = await lastMoneyInFlight();
    await (await report(failed)).commit();
    expect(await ledgerOf().money(campaign)).toEqual({ reserved: 0, spent: 0 });
    await mark(campaign, plan);
    expect(await isBehind(campaign)).toBe(true);
  });

  it('wakes the campaign that stops for its budget beside it', async () => {
    const { campaign, plan, failed } = await lastMoneyInFlight();
    const release = await report(failed);
    const marked = mark(campaign, plan);
    await someoneWaits(ledgerOf().owner);
    await release.commit();
    await marked;
    expect(await isBehind(campaign)).toBe(true);
  });

  it('wakes the campaign that has stopped for its budget before it', async () => {
    const { campaign, plan, failed } = await lastMoneyInFlight();
    await mark(campaign, plan);
    expect(await isBehind(campaign)).toBe(false);
    await (await report(failed)).commit();
    expect(await ledgerOf().wakes(campaign.campaignId)).toBe(plan.wakeSeq + 1);
  });
});

describe('An end that was decided on a plan (protocol §6)', () => {
  it('waits for people who are being chosen, and is decided anew with them', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { audience: [] });
    const { wakeSeq } = await planOf(campaign);
    const choice = await holdOpen(ledger.api, async (manager) => {
      await manager.query(`SELECT set_config('herald.workspace_id', $1, true)`, [ledger.workspaceId]);
      const recipients = [{ subscriberId: person }];
      await queueChosen(manager, ledger.keys, { ...campaign, choiceId: uuidV7(), defaultContent: null, recipients });
    });
    const end = records.move(campaign, { to: 'ended', by: 'end', reason: 'completed', wakeSeq });
    await someoneWaits(ledger.owner);
    await choice.commit();
    expect(await end).toBe(false);
    expect(await planOf(campaign)).toMatchObject({ state: 'active', queued: 1 });
  });

  it('closes the campaign to people who are chosen after it', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { audience: [] });
    const { wakeSeq } = await planOf(campaign);
    expect(await records.move(campaign, { to: 'ended', by: 'end', reason: 'completed', wakeSeq })).toBe(true);
    await expect(ledger.choose(campaign, [person])).rejects.toThrow(CampaignClosedError);
  });
});
