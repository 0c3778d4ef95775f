import { describe, expect, it } from '@jest/globals';
import { closeBatch, resumeOpenBatch } from '../../src/ledger/batches';
import { claimBatch } from '../../src/ledger/claim';
import { closeOut } from '../../src/ledger/close-out';
import { lockPeople } from '../../src/ledger/people';
import { queueChosen } from '../../src/ledger/queue-chosen';
import { lockPeopleAndSends } from '../../src/ledger/send-row';
import { settleAndBegin } from '../../src/ledger/settle-and-begin';
import { sweepAll } from '../../src/ledger/sweep';
import { Barrier, holdOpen, someoneWaits, until } from '../support/barrier';
import { ANYBODY, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { ScriptedMeta, refusedWith, taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile(12);

const campaignOf = (count: number) => ledgerOf().addChosen(pageOf(), count);

describe('Two runners on one batch', () => {
  it('send nobody twice: the slow one settles what it began, the other goes on with the rest', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(150);
    const gate = new Barrier();
    const slow = new ScriptedMeta();
    slow.says(async () => {
      await gate.pass();
      return taken();
    });
    const first = ledger.runner(slow).run(campaign, 500);
    await until(() => gate.waiting === 64);
    const second = await ledger.runner().run(campaign, 500);
    expect(second).toMatchObject({ claimed: 0, accepted: 86 });
    expect(await ledger.counts(campaign)).toEqual({ sending: 64, accepted: 86 });
    gate.release();
    expect(await first).toMatchObject({ claimed: 150, accepted: 64 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 150 });
    const messages = [...slow.arrivals, ...ledger.meta.arrivals].map(({ sendId }) => sendId);
    expect(new Set(messages).size).toBe(150);
    expect(messages).toHaveLength(150);
  });

  it('take turns as often as they like', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(400);
    const metas = [0, 1, 2, 3].map(() => new ScriptedMeta());
    await Promise.all(metas.map((meta) => ledger.runner(meta).run(campaign, 500)));
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 400 });
    const messages = [...metas, ledger.meta].flatMap((meta) => meta.arrivals.map(({ sendId }) => sendId));
    expect(messages).toHaveLength(400);
    expect(new Set(messages).size).toBe(400);
  });

  it('both stop when one of them learns that the account cannot pay', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(150);
    const gate = new Barrier();
    const slow = new ScriptedMeta();
    slow.says(async (_begun, nth) => {
      await gate.pass();
      return nth === 1 ? refusedWith(2_300_011) : taken();
    });
    const first = ledger.runner(slow).run(campaign, 500);
    await until(() => gate.waiting === 64);
    const { batch } = await ledger.claim(campaign);
    gate.release();
    expect(await first).toMatchObject({ accepted: 63, effect: { kind: 'pause', reason: 'payment' } });
    expect(await ledger.begin(campaign, batch)).toMatchObject({ begun: [], campaign: null, isFencedOff: false });
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 63, queued: 87 });
    expect(ledger.meta.arrivals).toEqual([]);
  });
});

describe('Two claims of one campaign at once', () => {
  it('open one batch: whoever comes second goes on with the first one’s', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(10);
    const parts = { contents: ledger.contents, holdWorkflowMax: 0 };
    const first = await holdOpen(ledger.worker, (manager) => claimBatch(manager, parts, campaign, 3));
    const second = ledger.runner().run(campaign, 500);
    await someoneWaits(ledger.owner);
    await first.commit();
    expect(await second).toMatchObject({ claimed: 0, accepted: 3 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3, queued: 7 });
    expect(await ledger.begin(campaign, first.result.batch)).toMatchObject({ isFencedOff: true });
  });

  it('do not decide a person twice whom a call chose meanwhile', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 3);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people });
    const chosen = await holdOpen(ledger.api, async (manager) => {
      await manager.query(`SELECT set_config('herald.workspace_id', $1, true)`, [ledger.workspaceId]);
      const recipients = people.slice(1).map((subscriberId) => ({ subscriberId }));
      await queueChosen(manager, ledger.keys, { ...campaign, choiceId: ANYBODY, defaultContent: null, recipients });
    });
    const run = ledger.runner().run(campaign, 500);
    await someoneWaits(ledger.owner);
    await chosen.commit();
    expect(await run).toMatchObject({ claimed: 2, accepted: 2 });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: 1, accepted: 1 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3 });
  });
});

describe('The fence', () => {
  it('is not raised under a begin: whoever raises it waits, and sees what was begun', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(2);
    const { batch } = await ledger.claim(campaign);
    if (batch === null) throw new Error('Nobody was claimed.');
    const begin = await holdOpen(ledger.worker, (manager) => settleAndBegin(manager, campaign, batch, [], 1));
    const resume = ledger.claim(campaign);
    await someoneWaits(ledger.owner);
    await begin.commit();
    const resumed = await resume;
    expect(resumed.batch).toMatchObject({ id: batch.id, fence: 2 });
    const { begun } = await ledger.begin(campaign, resumed.batch);
    expect(begun.map(({ after }) => after.id)).not.toContain(at(begin.result.begun, 0).after.id);
    expect(await ledger.counts(campaign)).toEqual({ sending: 2 });
  });

  it('that was raised first lets no older attempt begin', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(2);
    const { batch } = await ledger.claim(campaign);
    const raise = await holdOpen(ledger.worker, (manager) => resumeOpenBatch(manager, campaign));
    const begin = ledger.begin(campaign, batch);
    await someoneWaits(ledger.owner);
    await raise.commit();
    expect(await begin).toMatchObject({ isFencedOff: true, begun: [] });
    expect(await ledger.counts(campaign)).toEqual({ claimed: 2 });
  });

  it('keeps a close-out waiting for a begin under way, whose messages it leaves in flight', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(2);
    const { batch } = await ledger.claim(campaign);
    if (batch === null) throw new Error('Nobody was claimed.');
    const begin = await holdOpen(ledger.worker, (manager) => settleAndBegin(manager, campaign, batch, [], 1));
    const closing = closeOut(ledger.worker, campaign, 'stopped_by_request');
    await someoneWaits(ledger.owner);
    await begin.commit();
    expect(await closing).toEqual({ moved: 1, done: false });
    expect(await ledger.counts(campaign)).toEqual({ sending: 1, cancelled: 1 });
  });

  it('of a closed batch stands for nobody', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(2);
    const { batch } = await ledger.claim(campaign);
    await closeOut(ledger.worker, campaign, 'stopped_by_request');
    expect(await ledger.begin(campaign, batch)).toMatchObject({ isFencedOff: true, begun: [] });
  });
});

describe('A process that dies', () => {
  it('between begin and settle leaves an outcome that nobody knows, and the rest goes out', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(100);
    await ledger.claimAndBegin(campaign);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ sending: 64, accepted: 36 });
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '61 seconds' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    await sweepAll(ledger.worker);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ unknown: 64, accepted: 36 });
    expect(ledger.meta.arrivals).toHaveLength(36);
    expect(await ledger.money(campaign)).toEqual({ reserved: 10_000, spent: 0 });
  });

  it('behind the last begin of a batch is known to be over when its successor begins, and not before', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    const { batch } = await ledger.claimAndBegin(campaign);
    expect(await closeBatch(ledger.worker.manager, ledger.workspaceId, batch)).toBe(true);
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '16 seconds' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    await sweepAll(ledger.worker);
    expect(await ledger.counts(campaign)).toEqual({ sending: 3 });
    await ledger.runner().run(campaign, 500);
    await sweepAll(ledger.worker);
    expect(await ledger.counts(campaign)).toEqual({ unknown: 3 });
  });

  it('after Meta answered, while the settle is tried again, changes nothing twice', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const answers = begun.map(({ after }) => answerTo(after, taken()));
    await ledger.settle(campaign, batch, answers);
    await ledger.settle(campaign, batch, answers);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 300, spent: 0 });
  });
});

describe('Locks', () => {
  it('are taken people first: nobody holds a message while they wait for a person', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignOf(3);
    const sends = await ledger.sends(campaign);
    const found = sends.map(({ id, subscriber_id }) => ({ id, subscriber_id }));
    const holder = await holdOpen(ledger.worker, (manager) => lockPeople(manager, ledger.workspaceId, [at(people, 2)]));
    const waiting = holdOpen(ledger.worker, (manager) => lockPeopleAndSends(manager, campaign, found));
    await someoneWaits(ledger.owner);
    await ledger.owner.query('SELECT id FROM sends WHERE campaign_id = $1 FOR UPDATE NOWAIT', [campaign.campaignId]);
    await expect(
      ledger.owner.query('SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE NOWAIT', [at(people, 0)]),
    ).rejects.toMatchObject({ driverError: { code: '55P03' } });
    await holder.commit();
    const locked = await waiting;
    expect(locked.result.sends.map(({ id }) => id)).toEqual(sends.map(({ id }) => id));
    await locked.commit();
  });

  it('come before facts: a claim that waited for an opt-out sees it', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignOf(2);
    const optOut = await holdOpen(ledger.worker, (manager) =>
      manager.query(`UPDATE subscribers SET consent = 'revoked' WHERE workspace_id = $1 AND id = $2`, [
        ledger.workspaceId,
        at(people, 0),
      ]),
    );
    const claim = ledger.claim(campaign);
    await someoneWaits(ledger.owner);
    await optOut.commit();
    expect(await claim).toMatchObject({ claimed: 1, refused: 1 });
    expect(await ledger.send(campaign, at(people, 0))).toMatchObject({ rule_id: 'R-11' });
  });

  it('come before facts: a begin that waited for a new token sends with it', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignOf(1);
    const [other = ''] = await ledger.addPeople(pageOf(), 1);
    const { batch } = await ledger.claim(campaign);
    const [token] = await ledger.owner.query<{ id: string }[]>('SELECT token_id AS id FROM subscribers WHERE id = $1', [
      other,
    ]);
    const change = await holdOpen(ledger.worker, (manager) =>
      manager.query('UPDATE subscribers SET token_id = $3 WHERE workspace_id = $1 AND id = $2', [
        ledger.workspaceId,
        at(people, 0),
        token?.id,
      ]),
    );
    const begin = ledger.begin(campaign, batch);
    await someoneWaits(ledger.owner);
    await change.commit();
    expect(at((await begin).begun, 0).after.tokenId).toBe(token?.id);
  });
});
