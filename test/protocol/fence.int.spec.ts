import { describe, expect, it } from '@jest/globals';
import { applyOptOuts } from '../../src/consent/apply-opt-outs';
import { resumeOpenBatch } from '../../src/ledger/batches';
import { settleAndBegin } from '../../src/ledger/settle-and-begin';
import { sweepAll } from '../../src/ledger/sweep';
import { rows } from '../../src/persistence/database';
import { holdOpen, someoneWaits } from '../support/barrier';
import { answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { refusedWith, taken } from '../support/scripted-meta';
import { meetingOf } from './meeting';
import {
  beginClaimed,
  fenceByAttempt,
  readFence,
  requeueUnknown,
  settleBySend,
  sweepAsFound,
  takeLeaseUnlocked,
} from './naive/fence';
import { forgetCampaign } from './naive/forget';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const campaignOf = (count: number) => ledgerOf().addChosen(pageOf(), count);

async function claimed(count: number) {
  const { campaign, people } = await campaignOf(count);
  const { batch } = await ledgerOf().claim(campaign);
  if (batch === null) throw new Error('Nobody was claimed.');
  return { campaign, people, batch };
}

describe('An attempt that is taken over while it begins (protocol §3.4)', () => {
  it('keeps the next one waiting, which sees what it began', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(2);
    const begin = await holdOpen(ledger.worker, (manager) => settleAndBegin(manager, campaign, batch, [], 1));
    const next = ledger.asWorker((manager) => resumeOpenBatch(manager, campaign));
    await someoneWaits(ledger.owner);
    await begin.commit();
    const resumed = await next;
    const { begun } = await ledger.begin(campaign, resumed);
    expect(begun.map(({ after }) => after.id)).not.toContain(at(begin.result.begun, 0).after.id);
    expect(await ledger.counts(campaign)).toEqual({ sending: 2 });
  });

  it('would begin after the next one looked, where the fence is only read', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(2);
    const begin = ledger.worker.createQueryRunner();
    await begin.startTransaction();
    expect(await readFence(begin.manager, batch)).toBe(true);
    const resumed = await ledger.asWorker((manager) => resumeOpenBatch(manager, campaign));
    const seen = await ledger.counts(campaign);
    const begun = await beginClaimed(begin.manager, batch);
    await begin.commitTransaction();
    await begin.release();
    expect({ fence: resumed?.fence, seen, begun: begun.length }).toEqual({ fence: 2, seen: { claimed: 2 }, begun: 2 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('A workflow that is started anew (protocol §3.4)', () => {
  it('fences off the attempt of the one before', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(2);
    await ledger.asWorker((manager) => resumeOpenBatch(manager, campaign));
    expect(await ledger.begin(campaign, batch)).toMatchObject({ isFencedOff: true, begun: [] });
  });

  it('would share its fence with it by the number of the attempt', async () => {
    const ledger = ledgerOf();
    const { batch } = await claimed(2);
    const anew = await ledger.asWorker((manager) => fenceByAttempt(manager, batch.id, 1));
    const holders = await Promise.all(
      [batch, anew].map((held) => ledger.asWorker((manager) => readFence(manager, held))),
    );
    expect(holders).toEqual([true, true]);
  });
});

describe('Two begins of one Page (protocol §3.5)', () => {
  it('share what the next second allows', async () => {
    const ledger = ledgerOf();
    const page = await ledger.addPage({}, 64);
    const batches = await Promise.all(
      [0, 1].map(async () => {
        const campaign = await ledger.addCampaign(page);
        await ledger.choose(campaign, await ledger.addPeople(page, 64));
        return { campaign, batch: (await ledger.claim(campaign)).batch };
      }),
    );
    const [one, other] = [at(batches, 0), at(batches, 1)];
    const beforeMs = Date.now();
    const first = await holdOpen(ledger.worker, async (manager) => {
      const slice = await settleAndBegin(
        manager,
        one.campaign,
        one.batch ?? { id: '', kind: 'chosen', fence: 0 },
        [],
        64,
      );
      expect(await ledger.leasedUntilMs(page, manager)).toBeGreaterThanOrEqual(beforeMs + 1_000);
      const later = `clock_timestamp() + interval '1 minute'`;
      await manager.query(`UPDATE page_rates SET granted_until = ${later} WHERE page_id = $1`, [page]);
      return slice;
    });
    const second = ledger.begin(other.campaign, other.batch);
    await someoneWaits(ledger.owner);
    await first.commit();
    expect(first.result.begun).toHaveLength(64);
    expect((await second).begun).toHaveLength(0);
  });

  it('would each get all of it from a lease that is read without a lock', async () => {
    const ledger = ledgerOf();
    const page = await ledger.addPage({}, 64);
    const meet = meetingOf(2);
    const granted = await Promise.all(
      [1, 2].map(() => ledger.asWorker((manager) => takeLeaseUnlocked(manager, page, meet))),
    );
    expect(granted).toEqual([64, 64]);
  });
});

describe('The last look (protocol §3.5)', () => {
  it('waits for an opt-out that is being written, and sends nothing', async () => {
    const ledger = ledgerOf();
    const { campaign, people, batch } = await claimed(1);
    const person = { workspaceId: ledger.workspaceId, pageId: pageOf(), subscriberId: at(people, 0) };
    const leaving = await holdOpen(ledger.worker, (manager) =>
      applyOptOuts(manager, [{ ...person, atMs: ledger.nowMs, source: 'api', tellMeta: false }]),
    );
    const begin = ledger.begin(campaign, batch);
    await someoneWaits(ledger.owner);
    await leaving.commit();
    expect((await begin).begun).toEqual([]);
    expect(await ledger.counts(campaign)).toEqual({ refused: 1 });
  });

  it('would send to them by the word of the claim', async () => {
    const ledger = ledgerOf();
    const { campaign, people, batch } = await claimed(1);
    await ledger.owner.query(`UPDATE subscribers SET consent = 'revoked' WHERE id = $1`, [at(people, 0)]);
    expect(await ledger.asWorker((manager) => beginClaimed(manager, batch))).toHaveLength(1);
    await forgetCampaign(ledger, campaign);
  });

  it('is newer than the wait for the lease: it sees a restriction that came meanwhile', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await claimed(1);
    const lease = await holdOpen(ledger.worker, (manager) =>
      rows(manager, 'SELECT page_id FROM page_rates WHERE page_id = $1 FOR UPDATE', [pageOf()]),
    );
    const begin = ledger.begin(campaign, batch);
    await someoneWaits(ledger.owner);
    await ledger.owner.query(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [pageOf()]);
    await lease.commit();
    expect((await begin).begun).toEqual([]);
    expect(await ledger.counts(campaign)).toEqual({ queued: 1 });
  });
});

describe('A late answer of an attempt before (protocol §3.6)', () => {
  /** Begun, not sent, claimed and begun again: the first answer is still on its way. */
  async function begunTwice() {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(1);
    const first = await ledger.claimAndBegin(campaign);
    const row = at(first.begun, 0).after;
    await ledger.settle(campaign, first.batch, [answerTo(row, { kind: 'not_sent', reason: 'too_late' })]);
    await ledger.owner.query(`UPDATE batches SET state = 'closed' WHERE id = $1`, [first.batch.id]);
    const second = await ledger.claimAndBegin(campaign);
    expect(second.begun).toHaveLength(1);
    return { campaign, row, batch: first.batch };
  }

  it('says nothing about this one', async () => {
    const ledger = ledgerOf();
    const { campaign, row, batch } = await begunTwice();
    await ledger.settle(campaign, batch, [answerTo(row, refusedWith(2_300_032))]);
    expect(await ledger.counts(campaign)).toEqual({ sending: 1 });
  });

  it('would settle this one, addressed by the message alone', async () => {
    const ledger = ledgerOf();
    const { campaign, row } = await begunTwice();
    expect(await ledger.asWorker((manager) => settleBySend(manager, row.id, 'failed'))).toBe(true);
    await forgetCampaign(ledger, campaign);
  });
});

describe('The sweeper beside an answer (protocol §3.7)', () => {
  async function answeredUnderTheSweeper() {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(1);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '61 seconds' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    const { after } = at(begun, 0);
    const answer = await holdOpen(ledger.worker, (manager) =>
      settleAndBegin(manager, campaign, batch, [answerTo(after, taken())], 0),
    );
    return { campaign, sendId: after.id, answer };
  }

  it('waits for it and leaves it as it is', async () => {
    const ledger = ledgerOf();
    const { campaign, answer } = await answeredUnderTheSweeper();
    const sweep = sweepAll(ledger.worker);
    await someoneWaits(ledger.owner);
    await answer.commit();
    await sweep;
    expect(await ledger.counts(campaign)).toEqual({ accepted: 1 });
  });

  it('would take the acceptance back by what it had found', async () => {
    const ledger = ledgerOf();
    const { campaign, sendId, answer } = await answeredUnderTheSweeper();
    const sweep = ledger.asWorker((manager) => sweepAsFound(manager, sendId));
    await someoneWaits(ledger.owner);
    await answer.commit();
    await sweep;
    expect(await ledger.counts(campaign)).toEqual({ unknown: 1 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('An outcome that nobody knows (protocol §3.8)', () => {
  async function unknownAtMeta() {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(1);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const { after } = at(begun, 0);
    await ledger.settle(campaign, batch, [answerTo(after, { kind: 'unknown', reason: 'timeout' })]);
    return { campaign, batch };
  }

  it('is not begun again by whoever goes on with the batch', async () => {
    const ledger = ledgerOf();
    const { campaign } = await unknownAtMeta();
    await ledger.runner().run(campaign, 500);
    expect(ledger.meta.arrivals).toEqual([]);
    expect(await ledger.counts(campaign)).toEqual({ unknown: 1 });
  });

  it('would leave twice where it counts as not sent', async () => {
    const ledger = ledgerOf();
    const { campaign, batch } = await unknownAtMeta();
    await ledger.asWorker((manager) => requeueUnknown(manager, batch.id));
    await ledger.runner().run(campaign, 500);
    expect(ledger.meta.arrivals).toHaveLength(1);
    await forgetCampaign(ledger, campaign);
  });
});
