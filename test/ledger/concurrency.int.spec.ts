import { describe, expect, it } from '@jest/globals';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { cancelWaitingSends } from '../../src/ledger/cancel-waiting';
import { closeOut } from '../../src/ledger/close-out';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import { repeatedTransactions } from '../../src/persistence/database';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { TestCampaign } from '../support/ledger-builders';
import { at, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile(96);

/** Every second one starts at the other end, so that unordered locks would meet. */
const everyOtherReversed = <T>(list: readonly T[], index: number): T[] =>
  index % 2 === 0 ? [...list] : [...list].reverse();

const delivered = (campaign: TestCampaign, subscriberId: string) => ({
  inboxId: uuidV7(),
  pageId: campaign.pageId,
  state: 'delivered' as const,
  trackingId: null,
  tokenHash: ledgerOf().tokenHash(campaign.pageId, subscriberId),
  metaCampaignId: campaign.metaCampaignId,
  atMs: ledgerOf().nowMs,
});

describe('Campaigns that want the same people at once', () => {
  it('give each person one slot, without a deadlock', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 300);
    const campaigns = await Promise.all([0, 1, 2, 3].map(() => ledger.addCampaign(pageOf())));
    await Promise.all(campaigns.map((campaign, index) => ledger.choose(campaign, everyOtherReversed(people, index))));
    const repeatedBefore = repeatedTransactions();
    const reports = await Promise.all(campaigns.map((campaign) => ledger.runner().run(campaign, 500)));
    expect(repeatedTransactions() - repeatedBefore).toBe(0);
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300);
    expect(reports.reduce((sum, { held }) => sum + held, 0)).toBe(900);
    const perPerson = new Map<string, number>();
    for (const { subscriberId } of ledger.meta.arrivals) {
      perPerson.set(subscriberId, (perPerson.get(subscriberId) ?? 0) + 1);
    }
    expect(perPerson.size).toBe(300);
    expect(Math.max(...perPerson.values())).toBe(1);
  }, 60_000);

  it('never reserve more than a budget that several singles draw on', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 40);
    const campaign = await ledger.addCampaign(pageOf(), { budgetMinor: 1_000 });
    await ledger.choose(campaign, people);
    const sends = await ledger.sends(campaign);
    await Promise.all(sends.map(({ id }) => ledger.runner().runSingle(campaign, id)));
    expect(await ledger.counts(campaign)).toEqual({ accepted: 10, refused: 30 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 1_000, spent: 0 });
  }, 60_000);
});

describe('Everything at once', () => {
  it('ends without a deadlock and with sound books', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 400);
    const campaigns = await Promise.all([0, 1, 2, 3].map(() => ledger.addCampaign(pageOf(), { budgetMinor: 15_000 })));
    await Promise.all(
      campaigns.map((campaign, index) => ledger.choose(campaign, everyOtherReversed(people.slice(0, 250), index))),
    );
    const repeatedBefore = repeatedTransactions();
    const leavers = people.slice(0, 60);
    const optOut = (subscriberId: string) => async () => {
      const person = { workspaceId: ledger.workspaceId, pageId: pageOf(), subscriberId };
      await ledger.asWorker((manager) =>
        applyOptOuts(manager, [{ ...person, atMs: ledger.nowMs, source: 'api', tellMeta: true }]),
      );
      await ledger.asWorker((manager) =>
        cancelWaitingSends(manager, { ...person, reason: 'opted_out', ruleId: 'R-11' }),
      );
    };
    const webhooks = (part: readonly string[]) => async () => {
      const events = part.flatMap((person) => campaigns.map((campaign) => delivered(campaign, person)));
      await ledger.asWorker((manager) => applyStatusEvents(manager, ledger.workspaceId, events, []));
    };
    const work: (() => Promise<unknown>)[] = [
      ...campaigns.map((campaign) => () => ledger.runner().run(campaign, 500)),
      ...campaigns.map((campaign) => () => ledger.runner().run(campaign, 500)),
      ...campaigns.map((campaign, index) => () => ledger.choose(campaign, everyOtherReversed(people, index))),
      () => closeOut(ledger.worker, at(campaigns, 3), 'stopped_by_request'),
      ...leavers.map(optOut),
      ...[0, 1, 2, 3, 4].map((part) => webhooks(people.slice(part * 50, part * 50 + 50))),
    ];
    await Promise.all(work.map((one) => one()));
    for (const campaign of campaigns) {
      while ((await ledger.runner().run(campaign, 500)).claimed > 0);
    }
    expect(repeatedTransactions() - repeatedBefore).toBe(0);
    expect(ledger.meta.mostPerMessage()).toBe(1);
    for (const campaign of campaigns) {
      const { reserved, spent } = await ledger.money(campaign);
      expect(reserved + spent).toBeLessThanOrEqual(15_000);
      expect(await ledger.counts(campaign)).not.toHaveProperty('claimed');
      expect(await ledger.counts(campaign)).not.toHaveProperty('sending');
    }
  }, 120_000);
});
