import { describe, expect, it } from '@jest/globals';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { CampaignClosedError } from '../../src/ledger/queue-chosen';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TestCampaign } from '../support/ledger-builders';
import { DAY, START_MS, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

/** A day: people are chosen, the campaign sends, Meta delivers all it accepted. */
async function day(campaign: TestCampaign, chosen: readonly string[]): Promise<{ accepted: number; refused: number }> {
  const ledger = ledgerOf();
  await ledger.choose(campaign, chosen);
  const { accepted, refused } = await ledger.runner().run(campaign, 500);
  const { metaCampaignId, pageId } = campaign;
  const sent = (await ledger.sends(campaign)).filter(({ state }) => state === 'accepted');
  const events = sent.map(({ tracking_id: trackingId }) => ({
    inboxId: uuidV7(),
    pageId,
    state: 'delivered' as const,
    trackingId,
    tokenHash: null,
    metaCampaignId,
    atMs: ledger.nowMs,
  }));
  await ledger.asWorker((manager) => applyStatusEvents(manager, ledger.workspaceId, events, []));
  return { accepted, refused };
}

describe("The FAQ's worked example", () => {
  it('spends 20, 70 and 100 over five days, refuses 20 for the budget and 20 for the schedule', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1_000);
    const campaign = await ledger.addCampaign(pageOf(), {
      budgetMinor: 10_000,
      unitCostMinor: 100,
      row: { startAt: new Date(START_MS), endAt: new Date(START_MS + 5 * DAY) },
    });
    let next = 0;
    const someoneNew = (count: number): string[] => people.slice(next, (next += count));

    expect(await day(campaign, someoneNew(20))).toEqual({ accepted: 20, refused: 0 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 2_000 });

    await ledger.setNow(START_MS + DAY);
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 0, accepted: 0 });

    await ledger.setNow(START_MS + 2 * DAY);
    expect(await day(campaign, someoneNew(50))).toEqual({ accepted: 50, refused: 0 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 7_000 });

    await ledger.setNow(START_MS + 3 * DAY);
    const fourth = someoneNew(50);
    expect(await day(campaign, fourth)).toEqual({ accepted: 30, refused: 20 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 10_000 });
    for (const person of fourth.slice(30)) {
      expect(await ledger.send(campaign, person)).toMatchObject({
        state: 'refused',
        rule_id: 'R-14',
        facts: { kind: 'lifetime', remainingMinor: 0, unitCostMinor: 100, currency: 'USD' },
      });
    }

    await ledger.setNow(START_MS + 4 * DAY);
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 0, accepted: 0 });

    await ledger.setNow(START_MS + 5 * DAY);
    await expect(ledger.choose(campaign, someoneNew(20))).rejects.toBeInstanceOf(CampaignClosedError);
    expect(await ledger.counts(campaign)).toEqual({ delivered: 100, refused: 20 });
    expect(ledger.meta.mostPerMessage()).toBe(1);
  }, 60_000);

  it('refuses by R-16 who was chosen before the end and is decided after it', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf(), { row: { endAt: new Date(START_MS + DAY) } });
    await ledger.choose(campaign, people);
    await ledger.setNow(START_MS + DAY);
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 0, refused: 2 });
    expect((await ledger.sends(campaign)).map((send) => send.rule_id)).toEqual(['R-16', 'R-16']);
  });
});
