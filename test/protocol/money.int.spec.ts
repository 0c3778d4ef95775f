import { describe, expect, it } from '@jest/globals';
import type { StatusEvent } from '../../src/ledger/apply-status-events';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { claimSingle } from '../../src/ledger/claim';
import { readBudget, remainingMinor } from '../../src/ledger/money';
import { uuidV7 } from '../../src/security/uuid-v7';
import { holdOpen, someoneWaits } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { refusedWith } from '../support/scripted-meta';
import { meetingOf } from './meeting';
import { forgetCampaign } from './naive/forget';
import { bookMetaSpend, chargeEachReport, releaseThenMove, reserveAfterLook } from './naive/money';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const COST = 100;

async function campaignOf(count: number, budgetMinor: number): Promise<TestCampaign> {
  const ledger = ledgerOf();
  const campaign = await ledger.addCampaign(pageOf(), { budgetMinor, unitCostMinor: COST });
  await ledger.choose(campaign, await ledger.addPeople(pageOf(), count));
  return campaign;
}

/** Messages in flight, and Meta's report that one was delivered. */
async function inFlight(people = 2) {
  const ledger = ledgerOf();
  const campaign = await campaignOf(people, 2 * COST);
  const { batch, begun } = await ledger.claimAndBegin(campaign);
  const { after } = at(begun, 0);
  const delivered: StatusEvent = {
    inboxId: uuidV7(),
    pageId: pageOf(),
    state: 'delivered',
    trackingId: null,
    tokenHash: ledger.tokenHash(pageOf(), after.subscriberId),
    metaCampaignId: campaign.metaCampaignId,
    atMs: ledger.nowMs,
  };
  return { campaign, batch, row: after, delivered };
}

const report = (event: StatusEvent) =>
  holdOpen(ledgerOf().worker, (manager) => applyStatusEvents(manager, ledgerOf().workspaceId, [event], []));

describe('Two claims of the last money (protocol §5)', () => {
  it('reserve it once', async () => {
    const ledger = ledgerOf();
    const campaign = await campaignOf(2, COST);
    const [one, other] = await ledger.sends(campaign);
    const parts = { contents: ledger.contents, holdWorkflowMax: 0 };
    const first = await holdOpen(ledger.worker, (manager) => claimSingle(manager, parts, campaign, one?.id ?? ''));
    const second = ledger.claimOne(campaign, other?.id ?? '');
    await someoneWaits(ledger.owner);
    await first.commit();
    expect([first.result.claimed, (await second).claimed]).toEqual([1, 0]);
    expect(await ledger.money(campaign)).toEqual({ reserved: COST, spent: 0 });
  });

  it('would reserve it twice by a look before the lock', async () => {
    const ledger = ledgerOf();
    const campaign = await campaignOf(0, COST);
    const meet = meetingOf(2);
    await Promise.all(
      [1, 2].map(() => ledger.asWorker((manager) => reserveAfterLook(manager, campaign.campaignId, COST, meet))),
    );
    expect(await ledger.money(campaign)).toEqual({ reserved: 2 * COST, spent: 0 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('A refusal beside a delivery of the same message (protocol §5)', () => {
  it('finds the reservation ended, and books nothing', async () => {
    const ledger = ledgerOf();
    const { campaign, batch, row, delivered } = await inFlight();
    const charge = await report(delivered);
    const refusal = ledger.settle(campaign, batch, [answerTo(row, refusedWith(2_300_032))]);
    await someoneWaits(ledger.owner);
    await charge.commit();
    await refusal;
    expect(await ledger.money(campaign)).toEqual({ reserved: COST, spent: COST });
  });

  it('would end it a second time with the money apart from the move', async () => {
    const ledger = ledgerOf();
    const { campaign, row, delivered } = await inFlight();
    const charge = await report(delivered);
    const refusal = ledger.asWorker((manager) => releaseThenMove(manager, row.id));
    await someoneWaits(ledger.owner);
    await charge.commit();
    expect(await refusal).toBe(false);
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: COST });
    await forgetCampaign(ledger, campaign);
  });
});

describe('A delivery that two drainers apply (protocol §5)', () => {
  it('is paid for once', async () => {
    const ledger = ledgerOf();
    const { campaign, delivered } = await inFlight();
    const first = await report(delivered);
    const second = ledger.asWorker((manager) =>
      applyStatusEvents(manager, ledger.workspaceId, [{ ...delivered, inboxId: uuidV7() }], []),
    );
    await someoneWaits(ledger.owner);
    await first.commit();
    await second;
    expect(await ledger.money(campaign)).toEqual({ reserved: COST, spent: COST });
  });

  it('would be paid for twice by its reports', async () => {
    const ledger = ledgerOf();
    const { campaign, row, delivered } = await inFlight();
    const first = await report(delivered);
    const second = ledger.asWorker((manager) => chargeEachReport(manager, row.id));
    await someoneWaits(ledger.owner);
    await first.commit();
    await second;
    expect(await ledger.money(campaign)).toMatchObject({ spent: 2 * COST });
    await forgetCampaign(ledger, campaign);
  });
});

describe("Meta's spend that is ahead of its webhooks (protocol §5)", () => {
  it('leaves no money for more, and is not booked beside the delivery', async () => {
    const ledger = ledgerOf();
    const { campaign, delivered } = await inFlight(1);
    await ledger.owner.query('UPDATE campaign_budgets SET meta_spend_minor = $2 WHERE campaign_id = $1', [
      campaign.campaignId,
      2 * COST,
    ]);
    await (await report(delivered)).commit();
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: COST });
    const counters = await readBudget(ledger.worker.manager, ledger.workspaceId, campaign.campaignId);
    expect(counters === null ? null : remainingMinor(counters)).toBe(0);
  });

  it('would be counted with the delivery where the read books it', async () => {
    const ledger = ledgerOf();
    const { campaign, delivered } = await inFlight(1);
    await ledger.asWorker((manager) => bookMetaSpend(manager, campaign.campaignId, COST));
    await (await report(delivered)).commit();
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 2 * COST });
    await forgetCampaign(ledger, campaign);
  });
});
