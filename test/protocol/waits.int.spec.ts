import { describe, expect, it } from '@jest/globals';
import { moveCampaign } from '../../src/ledger/campaign-effects';
import { wake } from '../../src/outbox/wake';
import { Reconciler } from '../../src/outbox/reconciler';
import { PostgresCampaignRecords } from '../../src/campaigns/lifecycle/campaign-records';
import { PostgresSubscriberRecord } from '../../src/subscribers/lifecycle/subscriber-record';
import { silent } from '../inbox/tables-under-test';
import { RecordedSignals } from '../outbox/recorded-signals';
import { holdOpen, someoneWaits } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { ledgerOfThisFile } from '../support/ledger-builders';
import { endAfterLook, markAllActed, moveAsRead, raiseWake } from './naive/waits';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

interface Wait {
  readonly wake_seq: number;
  readonly acted_seq: number;
}

async function waitOf(ownerId: string): Promise<Wait | undefined> {
  const [wait] = await ledgerOf().owner.query<Wait[]>('SELECT wake_seq, acted_seq FROM waits WHERE owner_id = $1', [
    ownerId,
  ]);
  return wait;
}

const isBehind = async (ownerId: string): Promise<boolean> => {
  const wait = await waitOf(ownerId);
  return wait !== undefined && wait.wake_seq > wait.acted_seq;
};

const wakeOf = (ownerKind: 'subscriber' | 'campaign', ownerId: string) => ({
  workspaceId: ledgerOf().workspaceId,
  pageId: pageOf(),
  ownerKind,
  ownerId,
  signal: 'refresh',
});

/** Something new for an owner, written and not committed. */
const fact = (ownerKind: 'subscriber' | 'campaign', ownerId: string) =>
  holdOpen(ledgerOf().worker, (manager) => wake(manager, wakeOf(ownerKind, ownerId)));

/** A person whose workflow has acted on all that was owed. */
async function actedPerson() {
  const ledger = ledgerOf();
  const [subscriberId = ''] = await ledger.addPeople(pageOf(), 1, { consent: 'none', workflowOpen: true });
  const ids = { workspaceId: ledger.workspaceId, pageId: pageOf(), subscriberId };
  const record = new PostgresSubscriberRecord(ledger.worker, null);
  await ledger.asWorker((manager) => wake(manager, wakeOf('subscriber', subscriberId)));
  await record.markActed(ids, { actedSeq: 1, nextDueAtMs: null });
  return { ids, record, subscriberId };
}

describe('A workflow that ends while something new is written (protocol §6)', () => {
  it('waits for it, and goes on', async () => {
    const ledger = ledgerOf();
    const { ids, record, subscriberId } = await actedPerson();
    const news = await fact('subscriber', subscriberId);
    const close = record.close(ids, 'stays');
    await someoneWaits(ledger.owner);
    await news.commit();
    expect(await close).toBe(false);
  });

  it('of a campaign, too', async () => {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(pageOf());
    const records = new PostgresCampaignRecords(ledger.worker);
    await ledger.asWorker((manager) => wake(manager, wakeOf('campaign', campaign.campaignId)));
    await ledger.owner.query('UPDATE waits SET acted_seq = wake_seq WHERE owner_id = $1', [campaign.campaignId]);
    const news = await fact('campaign', campaign.campaignId);
    const close = records.close(campaign);
    await someoneWaits(ledger.owner);
    await news.commit();
    expect(await close).toBe(false);
    expect(await isBehind(campaign.campaignId)).toBe(true);
  });

  it('would end over it by a look', async () => {
    const ledger = ledgerOf();
    const { subscriberId } = await actedPerson();
    const news = await fact('subscriber', subscriberId);
    const ended = await ledger.asWorker((manager) => endAfterLook(manager, subscriberId));
    await news.commit();
    expect({ ended, isBehind: await isBehind(subscriberId) }).toEqual({ ended: true, isBehind: true });
  });
});

describe('Something new that comes between the plan and the last effect (protocol §6)', () => {
  it('stays owed', async () => {
    const ledger = ledgerOf();
    const { ids, record, subscriberId } = await actedPerson();
    const plan = await record.load(ids);
    await ledger.asWorker((manager) => wake(manager, wakeOf('subscriber', subscriberId)));
    await record.markActed(ids, { actedSeq: plan?.wakeSeq ?? 0, nextDueAtMs: null });
    expect(await isBehind(subscriberId)).toBe(true);
  });

  it('would be swallowed by whoever says that all was done', async () => {
    const ledger = ledgerOf();
    const { ids, record, subscriberId } = await actedPerson();
    await record.load(ids);
    await ledger.asWorker((manager) => wake(manager, wakeOf('subscriber', subscriberId)));
    await ledger.asWorker((manager) => markAllActed(manager, subscriberId));
    expect(await isBehind(subscriberId)).toBe(false);
  });
});

describe('A process that dies after its commit (protocol §6)', () => {
  async function toldByTheReconciler(): Promise<string[]> {
    const signals = new RecordedSignals();
    await new Reconciler(ledgerOf().worker, signals, silent).round();
    return signals.started.map(({ ownerId }) => ownerId);
  }

  it('leaves the wake in the record: the reconciler tells', async () => {
    const { subscriberId } = await actedPerson();
    await ledgerOf().asWorker((manager) => wake(manager, wakeOf('subscriber', subscriberId)));
    expect(await toldByTheReconciler()).toContain(subscriberId);
  });

  it('would take the wake with it where the fact commits first', async () => {
    const ledger = ledgerOf();
    const { subscriberId } = await actedPerson();
    const dies = async () => {
      await ledger.owner.query(`UPDATE subscribers SET window_until = now() WHERE id = $1`, [subscriberId]);
      throw new Error('The process died.');
    };
    const wakes = () => ledger.asWorker((manager) => raiseWake(manager, subscriberId));
    await expect(dies().then(wakes)).rejects.toThrow('died');
    expect(await toldByTheReconciler()).not.toContain(subscriberId);
  });
});

describe('A stop by the caller beside a move by the workflow (protocol §6)', () => {
  async function stopping(): Promise<{ campaign: TestCampaign; commit: () => Promise<void> }> {
    const ledger = ledgerOf();
    const campaign = await ledger.addCampaign(pageOf(), { row: { state: 'populating' } });
    const stop = await holdOpen(ledger.api, async (manager) => {
      await manager.query(`SELECT set_config('herald.workspace_id', $1, true)`, [ledger.workspaceId]);
      await moveCampaign(manager, campaign, 'stopped', 'stop', 'stopped_by_request', ledger.nowMs);
    });
    return { campaign, commit: stop.commit };
  }

  const stateOf = async ({ campaignId }: TestCampaign): Promise<string | undefined> => {
    const [row] = await ledgerOf().owner.query<{ state: string }[]>('SELECT state FROM campaigns WHERE id = $1', [
      campaignId,
    ]);
    return row?.state;
  };

  it('stays stopped', async () => {
    const ledger = ledgerOf();
    const { campaign, commit } = await stopping();
    const move = ledger.asWorker((manager) => moveCampaign(manager, campaign, 'active', 'ready', null, ledger.nowMs));
    await someoneWaits(ledger.owner);
    await commit();
    expect(await move).toBe(false);
    expect(await stateOf(campaign)).toBe('stopped');
  });

  it('would come back to life by the state that was read', async () => {
    const ledger = ledgerOf();
    const { campaign, commit } = await stopping();
    const move = ledger.asWorker((manager) => moveAsRead(manager, campaign.campaignId, 'active'));
    await someoneWaits(ledger.owner);
    await commit();
    await move;
    expect(await stateOf(campaign)).toBe('active');
  });
});
