import { describe, expect, it } from '@jest/globals';
import { resumeOpenBatch } from '../../src/ledger/batches';
import type { BatchHandle } from '../../src/ledger/batches';
import type { BatchReport } from '../../src/ledger/batch-report';
import type { CampaignRef } from '../../src/ledger/campaign-record';
import { claimAhead } from '../../src/ledger/claim';
import { closeOut, pauseOut } from '../../src/ledger/close-out';
import { inTransaction } from '../../src/persistence/database';
import { holdOpen, someoneWaits, until } from '../support/barrier';
import type { CampaignWish, TestCampaign } from '../support/ledger-builders';
import { at, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf } = ledgerOfThisFile(12);

interface Batch {
  readonly id: string;
  readonly state: string;
  readonly from_id: string | null;
  readonly to_id: string | null;
}

/** A campaign for so many people, at a Page whose lease is no limit. */
async function audienceOf(count: number, wish: CampaignWish = {}, ratePerSecond = 10_000) {
  const ledger = ledgerOf();
  const page = await ledger.addPage({ sendsPerSecond: ratePerSecond }, ratePerSecond);
  const people = await ledger.addPeople(page, count);
  return { people, campaign: await ledger.addCampaign(page, { budgetMinor: 1_000_000, ...wish, audience: people }) };
}

/** A batch of 100 of them is claimed. */
async function claimed(count: number, wish: CampaignWish = {}, ratePerSecond?: number) {
  const { campaign, people } = await audienceOf(count, wish, ratePerSecond);
  const { batch } = await ledgerOf().claim(campaign, 100);
  if (batch === null) throw new Error('Nobody was claimed.');
  return { campaign, people, batch };
}

const ahead = (ref: CampaignRef, batch: BatchHandle, left = 100) =>
  ledgerOf().asWorker((manager) => claimAhead(manager, parts(), ref, batch, left));

const parts = () => ({ contents: ledgerOf().contents, holdWorkflowMax: 0 });

const batchesOf = ({ campaignId }: TestCampaign): Promise<Batch[]> =>
  ledgerOf().owner.query('SELECT id, state, from_id, to_id FROM batches WHERE campaign_id = $1 ORDER BY id', [
    campaignId,
  ]);

describe('A claim ahead of need', () => {
  it('adds the next of the audience to the batch, and moves the cursor behind them', async () => {
    const ledger = ledgerOf();
    const { campaign, people, batch } = await claimed(700);
    expect(await ahead(campaign, batch)).toMatchObject({ batch, claimed: 500 });
    const sends = await ledger.sends(campaign);
    expect(new Set(sends.map((send) => send.batch_id))).toEqual(new Set([batch.id]));
    expect(await batchesOf(campaign)).toEqual([
      { id: batch.id, state: 'open', from_id: null, to_id: at(people, 99) },
      { id: expect.any(String), state: 'closed', from_id: at(people, 99), to_id: at(people, 599) },
    ]);
    expect(await ahead(campaign, batch, 600)).toMatchObject({ claimed: 100 });
    expect(await ahead(campaign, batch, 700)).toMatchObject({ batch: null, claimed: 0 });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 700 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 700 });
  });

  it('claims no more than the budget pays for', async () => {
    const { campaign, batch } = await claimed(300, { budgetMinor: 15_000 });
    expect(await ahead(campaign, batch)).toMatchObject({ claimed: 50 });
    expect(await ahead(campaign, batch)).toMatchObject({ batch: null, claimed: 0 });
    expect(await ledgerOf().counts(campaign)).toEqual({ claimed: 150 });
  });

  it('holds no more than the rate sends in a minute', async () => {
    const { campaign, batch } = await claimed(700, {}, 10);
    expect(await ahead(campaign, batch, 101)).toMatchObject({ claimed: 0 });
    expect(await ahead(campaign, batch, 100)).toMatchObject({ claimed: 500 });
  });

  it('leaves those who were chosen, and a campaign that waits, to the next batch', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(200);
    const wait = 'UPDATE campaigns SET claims_from = $2 WHERE id = $1';
    await ledger.owner.query(wait, [campaign.campaignId, new Date(ledger.nowMs + 1)]);
    expect(await ahead(campaign, batch)).toMatchObject({ claimed: 0 });
    await ledger.owner.query(wait, [campaign.campaignId, null]);
    await ledger.choose(campaign, await ledger.addPeople(campaign.pageId, 1));
    expect(await ahead(campaign, batch)).toMatchObject({ claimed: 0 });
    expect(await ledger.counts(campaign)).toEqual({ claimed: 100, queued: 1 });
  });

  it('is refused to whoever was fenced off, and for a batch that is halted or closed', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(200);
    const resumed = await ledger.asWorker((manager) => resumeOpenBatch(manager, campaign));
    expect(await ahead(campaign, batch)).toMatchObject({ claimed: 0 });
    if (resumed === null) throw new Error('No batch is open.');
    await ledger.owner.query('UPDATE batches SET halted = true WHERE id = $1', [batch.id]);
    expect(await ahead(campaign, resumed)).toMatchObject({ claimed: 0 });
    await ledger.owner.query(`UPDATE batches SET halted = false, state = 'closed' WHERE id = $1`, [batch.id]);
    expect(await ahead(campaign, resumed)).toMatchObject({ claimed: 0 });
    await ledger.owner.query(`UPDATE batches SET state = 'open' WHERE id = $1`, [batch.id]);
    expect(await ahead(campaign, resumed)).toMatchObject({ claimed: 100 });
  });

  it.each([
    { what: 'a pause', stop: pauseOut, left: { queued: 200 } },
    {
      what: 'a close-out',
      stop: (worker: Parameters<typeof closeOut>[0], ref: CampaignRef) => closeOut(worker, ref, 'stopped'),
      left: { cancelled: 200 },
    },
  ])('lets $what wait, which then takes what it claimed', async ({ stop, left }) => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(200);
    const claim = await holdOpen(ledger.worker, (manager) => claimAhead(manager, parts(), campaign, batch, 100));
    const stopped = stop(ledger.worker, campaign);
    await someoneWaits(ledger.owner);
    await claim.commit();
    expect(await stopped).toMatchObject({ moved: 200, done: true });
    expect(await ledger.counts(campaign)).toEqual(left);
    const [budget] = await ledger.owner.query<{ reserved: string }[]>(
      'SELECT reserved_minor AS reserved FROM campaign_budgets WHERE campaign_id = $1',
      [campaign.campaignId],
    );
    expect(Number(budget?.reserved)).toBe(0);
  });

  it('that comes behind the raised fence finds nothing to add to', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(200);
    const resume = await holdOpen(ledger.worker, (manager) => resumeOpenBatch(manager, campaign));
    const late = inTransaction(ledger.worker, (manager) => claimAhead(manager, parts(), campaign, batch, 100));
    await someoneWaits(ledger.owner);
    await resume.commit();
    expect(await late).toMatchObject({ batch: null, claimed: 0 });
    expect(await ledger.counts(campaign)).toEqual({ claimed: 100 });
  });
});

describe('A batch of an audience, where Meta is fast', () => {
  const run = (campaign: TestCampaign, goesOn: (report: BatchReport) => boolean = () => true) => {
    const reports: BatchReport[] = [];
    const done = ledgerOf()
      .runner()
      .run(campaign, 500, (report) => {
        reports.push(report);
        return Promise.resolve(goesOn(report));
      });
    return { done, reports };
  };

  it('is added to before it is empty, is one batch to its end, and sends to everybody once', async () => {
    const ledger = ledgerOf();
    const { campaign } = await audienceOf(1_700);
    const { done, reports } = run(campaign);
    expect(await done).toMatchObject({ claimed: 1_700, accepted: 1_700, unknown: 0 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 1_700 });
    expect(ledger.meta.mostPerMessage()).toBe(1);
    expect(new Set((await ledger.sends(campaign)).map((send) => send.batch_id)).size).toBe(1);
    expect((await batchesOf(campaign)).map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'closed'));
    const sum = (of: (report: BatchReport) => number): number => reports.reduce((all, one) => all + of(one), 0);
    expect([sum(({ claimed: count }) => count), sum(({ accepted }) => accepted)]).toEqual([1_700, 1_700]);
  }, 30_000);

  it('goes on without a claim that waits for somebody, and claims them with the next batch', async () => {
    const ledger = ledgerOf();
    const { campaign } = await audienceOf(700);
    const held = await holdOpen(ledger.owner, (manager) =>
      manager.query(
        `SELECT id FROM subscribers WHERE id = (
           SELECT subscriber_id FROM campaign_audience WHERE campaign_id = $1 ORDER BY subscriber_id OFFSET 600 LIMIT 1)
         FOR UPDATE`,
        [campaign.campaignId],
      ),
    );
    const { done } = run(campaign);
    await until(async () => (await ledger.counts(campaign)).accepted === 500);
    await someoneWaits(ledger.owner);
    await until(async () => (await batchesOf(campaign)).every(({ state }) => state === 'closed'));
    await held.commit();
    expect(await done).toMatchObject({ claimed: 700, accepted: 700 });
    expect(new Set((await ledger.sends(campaign)).map((send) => send.batch_id)).size).toBe(2);
  }, 30_000);

  it('is not added to when whoever hears of it says so', async () => {
    const ledger = ledgerOf();
    const { campaign } = await audienceOf(700);
    const { done } = run(campaign, () => false);
    expect(await done).toMatchObject({ claimed: 500, accepted: 500 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 500 });
  }, 30_000);

  it('puts back what was added too when Meta names the account', async () => {
    const ledger = ledgerOf();
    const { campaign } = await audienceOf(1_000);
    const gate = ledger.meta.takesAtOnce(400, 401);
    const { done } = run(campaign);
    await until(async () => (await ledger.sends(campaign)).length === 1_000 && gate.waiting === 64);
    gate.release();
    const { accepted, effect } = await done;
    expect(effect).toMatchObject({ kind: 'pause', reason: 'payment' });
    expect(await ledger.counts(campaign)).toEqual({ accepted, queued: 1_000 - accepted });
    expect(ledger.meta.mostPerMessage()).toBe(1);
  }, 30_000);

  it('ends with its claim when that fails, and loses nobody', async () => {
    const ledger = ledgerOf();
    const { campaign } = await audienceOf(700);
    const gate = ledger.meta.takesAtOnce(0);
    const { done } = run(campaign);
    const failed = expect(done).rejects.toThrow('permission denied');
    await until(() => gate.waiting === 64);
    await ledger.owner.query('REVOKE INSERT ON batches FROM herald_worker');
    gate.release();
    await failed;
    await ledger.owner.query('GRANT INSERT ON batches TO herald_worker');
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 0 });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 200, accepted: 200 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 700 });
    expect(ledger.meta.mostPerMessage()).toBe(1);
  }, 30_000);
});
