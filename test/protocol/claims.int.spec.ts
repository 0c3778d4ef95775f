import { describe, expect, it } from '@jest/globals';
import { cancelWaitingSends } from '../../src/ledger/cancel-waiting';
import { moveCampaign } from '../../src/ledger/campaign-effects';
import { claimBatch, claimSingle } from '../../src/ledger/claim';
import { closeOut } from '../../src/ledger/close-out';
import { requestMessage } from '../../src/ledger/request-message';
import { rows } from '../../src/persistence/database';
import { holdOpen, someoneWaits } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { at, ledgerOfThisFile } from '../support/ledger-builders';
import { meetingOf } from './meeting';
import {
  claimAsRead,
  claimByCursor,
  claimNextWithoutBatch,
  claimWithoutCampaign,
  openBatchAfterLook,
} from './naive/claims';
import { forgetCampaign } from './naive/forget';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const campaignOf = (count: number) => ledgerOf().addChosen(pageOf(), count);

/** What a claim of the campaign's own workflow works with. */
const parts = () => ({ contents: ledgerOf().contents, holdWorkflowMax: 0 });

describe('People whose call commits after a later one (protocol §3.1)', () => {
  /** A call that has made its ids and is not committed while another comes and goes. */
  async function lateCall() {
    const ledger = ledgerOf();
    const [first = '', early = '', late = ''] = await ledger.addPeople(pageOf(), 3);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [first]);
    await ledger.runner().run(campaign, 500);
    const wake = await holdOpen(ledger.worker, (manager) =>
      rows(manager, 'SELECT owner_id FROM waits WHERE owner_id = $1 FOR UPDATE', [campaign.campaignId]),
    );
    const call = ledger.choose(campaign, [early]);
    await someoneWaits(ledger.owner);
    await askFor(campaign, late);
    const commit = async () => {
      await wake.commit();
      await call;
    };
    return { campaign, commit };
  }

  /** A message to one person, which wakes the person's workflow and not the campaign's. */
  const askFor = ({ campaignId }: TestCampaign, subscriberId: string) =>
    ledgerOf().asApi((manager) =>
      requestMessage(manager, ledgerOf().keys, {
        workspaceId: ledgerOf().workspaceId,
        pageId: pageOf(),
        subscriberId,
        campaignId,
        content: { text: 'Hello' },
        purpose: 'promotional',
        lane: 'paid',
        allowPaid: true,
        whenSlotTaken: 'hold',
      }),
    );

  it('are claimed', async () => {
    const ledger = ledgerOf();
    const { campaign, commit } = await lateCall();
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 1 });
    await commit();
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 1 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3 });
  });

  it('would be missed by a cursor over their ids', async () => {
    const ledger = ledgerOf();
    const { campaign, commit } = await lateCall();
    const [done] = await ledger.sends(campaign);
    const cursor = done?.id ?? '';
    const first = await ledger.asWorker((manager) => claimByCursor(manager, campaign.campaignId, cursor));
    await commit();
    const second = await ledger.asWorker((manager) => claimByCursor(manager, campaign.campaignId, first.cursor));
    expect([first.claimed, second.claimed]).toEqual([1, 0]);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 1, claimed: 1, queued: 1 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('Somebody who leaves between the look and the lock (protocol §3.1)', () => {
  const leaves = (subscriberId: string) =>
    holdOpen(ledgerOf().worker, (manager) =>
      cancelWaitingSends(manager, {
        workspaceId: ledgerOf().workspaceId,
        pageId: pageOf(),
        subscriberId,
        reason: 'opted_out',
        ruleId: 'R-11',
      }),
    );

  it('drops out of the claim', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignOf(2);
    const leaving = await leaves(at(people, 0));
    const claim = ledger.claim(campaign);
    await someoneWaits(ledger.owner);
    await leaving.commit();
    expect(await claim).toMatchObject({ claimed: 1 });
    expect(await ledger.counts(campaign)).toEqual({ cancelled: 1, claimed: 1 });
  });

  it('would be claimed as they were read', async () => {
    const ledger = ledgerOf();
    const { campaign, people } = await campaignOf(1);
    const [send] = await ledger.sends(campaign);
    const leaving = await leaves(at(people, 0));
    const naive = ledger.asWorker((manager) => claimAsRead(manager, [send?.id ?? '']));
    await someoneWaits(ledger.owner);
    await leaving.commit();
    expect(await naive).toHaveLength(1);
    expect(await ledger.counts(campaign)).toEqual({ claimed: 1 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('A message that campaign and person both take up (protocol §6, held)', () => {
  it('belongs to whoever comes first', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(1);
    const send = at(await ledger.sends(campaign), 0);
    const single = await holdOpen(ledger.worker, (manager) => claimSingle(manager, parts(), campaign, send.id));
    const batch = ledger.claim(campaign);
    await someoneWaits(ledger.owner);
    await single.commit();
    expect(single.result).toMatchObject({ claimed: 1 });
    expect(await batch).toMatchObject({ claimed: 0, batch: null });
    expect((await ledger.begin(campaign, single.result.batch)).begun).toHaveLength(1);
  });

  it('would leave twice where both claim what they read', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(1);
    const send = at(await ledger.sends(campaign), 0);
    const single = await holdOpen(ledger.worker, (manager) => claimAsRead(manager, [send.id]));
    const batch = ledger.asWorker((manager) => claimAsRead(manager, [send.id]));
    await someoneWaits(ledger.owner);
    await single.commit();
    expect([single.result, await batch]).toEqual([[{ id: send.id }], [{ id: send.id }]]);
    await forgetCampaign(ledger, campaign);
  });
});

describe('A claim whose answer got lost (protocol §3.2)', () => {
  it('is gone on with by the retry', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(20);
    await ledger.claim(campaign, 10);
    expect(await ledger.runner().run(campaign, 10)).toMatchObject({ claimed: 0, accepted: 10 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 10, queued: 10 });
  });

  it('would be left to nobody by a retry that asks for its bounds again', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(20);
    const ask = () => ledger.asWorker((manager) => claimNextWithoutBatch(manager, campaign.campaignId, 10));
    const lost = await ask();
    const retried = await ask();
    expect(retried.filter((id) => lost.includes(id))).toEqual([]);
    expect(await ledger.counts(campaign)).toEqual({ claimed: 20 });
    await forgetCampaign(ledger, campaign);
  });
});

describe('Two workflows of one campaign (protocol §3.2)', () => {
  it('have one batch between them', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(10);
    const first = await holdOpen(ledger.worker, (manager) => claimBatch(manager, parts(), campaign, 3));
    const second = ledger.runner().run(campaign, 500);
    await someoneWaits(ledger.owner);
    await first.commit();
    expect(await second).toMatchObject({ claimed: 0, accepted: 3 });
    const [count] = await ledger.owner.query<{ batches: number }[]>(
      'SELECT count(*) AS batches FROM batches WHERE campaign_id = $1',
      [campaign.campaignId],
    );
    expect(count?.batches).toBe(1);
  });

  it('would each have their own by looking first', async () => {
    const ledger = ledgerOf();
    await ledger.owner.query('CREATE TABLE unguarded_batches (LIKE batches INCLUDING DEFAULTS)');
    await ledger.owner.query('GRANT ALL ON unguarded_batches TO herald_worker');
    const meet = meetingOf(2);
    await Promise.all(
      [1, 2].map(() => ledger.asWorker((manager) => openBatchAfterLook(manager, ledger.workspaceId, meet))),
    );
    const open = await ledger.owner.query<unknown[]>('SELECT id FROM unguarded_batches');
    expect(open).toHaveLength(2);
  });
});

describe('A campaign that stops while a claim is under way (protocol §6)', () => {
  const stop = (campaign: TestCampaign) =>
    ledgerOf().asWorker((manager) =>
      moveCampaign(manager, campaign, 'stopped', 'stop', 'stopped_by_request', ledgerOf().nowMs),
    );

  it('waits for it and finds what it claimed', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    const claim = await holdOpen(ledger.worker, (manager) => claimBatch(manager, parts(), campaign, 500));
    const stopping = stop(campaign);
    await someoneWaits(ledger.owner);
    await claim.commit();
    expect(await stopping).toBe(true);
    expect(await closeOut(ledger.worker, campaign, 'stopped_by_request')).toEqual({ moved: 3, done: true });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
  });

  it('would leave claims behind where a claim does not hold on to its state', async () => {
    const ledger = ledgerOf();
    const { campaign } = await campaignOf(3);
    const claim = await holdOpen(ledger.worker, (manager) => claimWithoutCampaign(manager, campaign.campaignId));
    await stop(campaign);
    await claim.commit();
    expect(await ledger.counts(campaign)).toEqual({ claimed: 3 });
    await forgetCampaign(ledger, campaign);
  });
});
