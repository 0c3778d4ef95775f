import { describe, expect, it } from '@jest/globals';
import { cancelWaitingSends } from '../../src/ledger/cancel-waiting';
import { closeOut, pauseOut } from '../../src/ledger/close-out';
import { sweepAll, sweepClaims } from '../../src/ledger/sweep';
import type { TestCampaign } from '../support/ledger-builders';
import { HOUR, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { holdOpen, someoneWaits } from '../support/barrier';
import { taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const move = (campaign: TestCampaign, state: string) =>
  ledgerOf().owner.query('UPDATE campaigns SET state = $2 WHERE id = $1', [campaign.campaignId, state]);

const longAgo = (campaign: TestCampaign, seconds: number) =>
  ledgerOf().owner.query(
    'UPDATE sends SET begun_wall_at = now() - make_interval(secs => $2), claimed_wall_at = now() - make_interval(secs => $2) WHERE campaign_id = $1',
    [campaign.campaignId, seconds],
  );

/** A campaign with people in every state that waits: one sending, two claimed, two queued, one held. */
async function campaignUnderWay() {
  const ledger = ledgerOf();
  const people = await ledger.addPeople(pageOf(), 5);
  const [busy = ''] = await ledger.addPeople(pageOf(), 1, { paidSlotUntil: new Date(ledger.nowMs + HOUR) });
  const campaign = await ledger.addCampaign(pageOf());
  await ledger.choose(campaign, [busy, ...people.slice(0, 3)]);
  const { batch } = await ledger.claim(campaign);
  const { begun } = await ledger.begin(campaign, batch, 1);
  await ledger.choose(campaign, people.slice(3));
  expect(await ledger.counts(campaign)).toEqual({ held: 1, sending: 1, claimed: 2, queued: 2 });
  return { campaign, people, busy, batch, begun: at(begun, 0).after };
}

describe('Closing a campaign', () => {
  it('cancels what waits with slot and money back, and waits for what is in flight', async () => {
    const ledger = ledgerOf();
    const { campaign, people, busy, batch, begun } = await campaignUnderWay();
    await move(campaign, 'stopped');
    expect(await closeOut(ledger.worker, campaign, 'stopped_by_request')).toEqual({ moved: 5, done: false });
    expect(await ledger.counts(campaign)).toEqual({ sending: 1, cancelled: 5 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 100, spent: 0 });
    expect(await ledger.slot(at(people, 1))).toMatchObject({ holder: null });
    expect(await ledger.send(campaign, busy)).toMatchObject({ rule_id: 'R-08', reason: 'stopped_by_request' });
    expect(await ledger.send(campaign, at(people, 4))).toMatchObject({
      rule_id: 'R-16',
      facts: { campaignState: 'stopped', reason: 'stopped_by_request' },
    });
    expect(await ledger.begin(campaign, batch)).toMatchObject({ isFencedOff: true, begun: [] });
    await ledger.settle(campaign, batch, [answerTo(begun, taken())]);
    expect(await closeOut(ledger.worker, campaign, 'stopped_by_request')).toEqual({ moved: 0, done: true });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 1, cancelled: 5 });
  });

  it('makes an answer that never comes unknown after its deadline', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignUnderWay();
    await move(campaign, 'ended');
    await longAgo(campaign, 10);
    expect(await closeOut(ledger.worker, campaign, 'schedule_ended')).toMatchObject({ done: false });
    await longAgo(campaign, 16);
    expect(await closeOut(ledger.worker, campaign, 'schedule_ended')).toEqual({ moved: 0, done: true });
    expect(await ledger.counts(campaign)).toEqual({ unknown: 1, cancelled: 5 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 100, spent: 0 });
  });

  it('goes through more people than one transaction takes', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1_100);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    await move(campaign, 'stopped');
    expect(await closeOut(ledger.worker, campaign, 'stopped_by_request')).toEqual({ moved: 1_100, done: true });
  });

  it('lets a person who was cancelled be chosen for another campaign at once', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignUnderWay();
    await move(campaign, 'stopped');
    await closeOut(ledger.worker, campaign, 'stopped_by_request');
    const other = await ledger.addCampaign(pageOf());
    await ledger.choose(other, [at(people, 1)]);
    expect(await ledger.claim(other)).toMatchObject({ claimed: 1 });
  });
});

describe('Pausing a campaign', () => {
  it('queues again what was claimed and leaves all else as it waits', async () => {
    const ledger = ledgerOf();
    const { campaign, people, batch, begun } = await campaignUnderWay();
    await move(campaign, 'paused');
    expect(await pauseOut(ledger.worker, campaign)).toEqual({ moved: 2, done: false });
    expect(await ledger.counts(campaign)).toEqual({ held: 1, sending: 1, queued: 4 });
    expect(await ledger.slot(at(people, 1))).toMatchObject({ holder: null });
    expect(await ledger.begin(campaign, batch)).toMatchObject({ isFencedOff: true, begun: [] });
    await ledger.settle(campaign, batch, [answerTo(begun, taken())]);
    expect(await pauseOut(ledger.worker, campaign)).toEqual({ moved: 0, done: true });
    await move(campaign, 'active');
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ held: 1, accepted: 5 });
    expect(ledger.meta.mostPerMessage()).toBe(1);
  });
});

describe('An opt-out between claim and begin', () => {
  it('cancels what waits for the person, in every campaign, slot and money back', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignUnderWay();
    const other = await ledger.addCampaign(pageOf());
    const subscriberId = at(people, 1);
    await ledger.choose(other, [subscriberId]);
    const cancelled = await ledger.asWorker((manager) =>
      cancelWaitingSends(manager, {
        workspaceId: ledger.workspaceId,
        pageId: pageOf(),
        subscriberId,
        reason: 'opted_out',
        ruleId: 'R-11',
      }),
    );
    expect(cancelled).toBe(2);
    for (const one of [campaign, other]) {
      expect(await ledger.send(one, subscriberId)).toMatchObject({
        state: 'cancelled',
        rule_id: 'R-11',
        reason: 'opted_out',
      });
    }
    expect(await ledger.slot(subscriberId)).toMatchObject({ untilMs: null, holder: null });
    expect(await ledger.money(campaign)).toEqual({ reserved: 200, spent: 0 });
  });

  it('leaves alone what has been begun, and can be limited to some messages', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignUnderWay();
    const cancellation = {
      workspaceId: ledger.workspaceId,
      pageId: pageOf(),
      reason: 'order_called_off',
      ruleId: null,
    } as const;
    const cancel = (subscriberId: string, sendIds: string[]) =>
      ledger.asWorker((manager) => cancelWaitingSends(manager, { ...cancellation, subscriberId, sendIds }));
    const begun = await ledger.send(campaign, at(people, 0));
    expect(await cancel(at(people, 0), [begun.id])).toBe(0);
    expect(await cancel(at(people, 1), [])).toBe(0);
    expect(await cancel(at(people, 1), [(await ledger.send(campaign, at(people, 1))).id])).toBe(1);
    expect(await ledger.counts(campaign)).toEqual({ held: 1, sending: 1, claimed: 1, queued: 2, cancelled: 1 });
  });
});

describe('A closing campaign to which an attempt that was fenced off brings somebody back (protocol §6)', () => {
  it('is not done before they are taken too', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const [silent, late] = [at(begun, 0).after, at(begun, 1).after];
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '16 seconds' WHERE id = $1`, [
      silent.id,
    ]);
    await move(campaign, 'ended');
    const held = await holdOpen(ledger.owner, (manager) =>
      manager.query('SELECT id FROM sends WHERE id = $1 FOR UPDATE', [silent.id]),
    );
    const closing = closeOut(ledger.worker, campaign, 'completed');
    await someoneWaits(ledger.owner);
    await ledger.settle(campaign, batch, [answerTo(late, { kind: 'not_sent', reason: 'too_late' })]);
    await held.commit();
    expect(await closing).toMatchObject({ done: false });
    expect(await closeOut(ledger.worker, campaign, 'completed')).toEqual({ moved: 1, done: true });
    expect(await ledger.counts(campaign)).toEqual({ unknown: 1, cancelled: 1 });
  });
});

describe('The sweeper', () => {
  it('leaves alone what was settled and begun anew since it looked', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignUnderWay();
    await longAgo(campaign, 61);
    const anew = await holdOpen(ledger.owner, (manager) =>
      manager.query(
        `UPDATE sends SET begun_fence = begun_fence + 1, begun_wall_at = now()
          WHERE campaign_id = $1 AND state = 'sending'`,
        [campaign.campaignId],
      ),
    );
    const sweep = sweepAll(ledger.worker);
    await someoneWaits(ledger.owner);
    await anew.commit();
    expect(await sweep).toBe(0);
    expect(await ledger.counts(campaign)).toMatchObject({ sending: 1 });
  });

  it('makes unknown what has been in flight for a minute of wall clock, and nothing younger', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignUnderWay();
    await longAgo(campaign, 59);
    expect(await sweepAll(ledger.worker)).toBe(0);
    await longAgo(campaign, 61);
    expect(await sweepAll(ledger.worker)).toBe(1);
    expect(await ledger.counts(campaign)).toMatchObject({ unknown: 1, claimed: 2 });
  });

  it('gives back what nobody began in two minutes', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignUnderWay();
    await longAgo(campaign, 119);
    expect(await sweepClaims(ledger.worker)).toBe(0);
    await longAgo(campaign, 121);
    expect(await sweepClaims(ledger.worker)).toBe(2);
    expect(await ledger.counts(campaign)).toMatchObject({ queued: 4, sending: 1 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 100, spent: 0 });
  });
});
