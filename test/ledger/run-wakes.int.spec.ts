import { describe, expect, it } from '@jest/globals';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { closeOut } from '../../src/ledger/close-out';
import { sweepAll } from '../../src/ledger/sweep';
import type { Wake } from '../../src/outbox/wake';
import { uuidV7 } from '../../src/security/uuid-v7';
import { answerTo, ledgerOfThisFile } from '../support/ledger-builders';
import { taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

/** A message by a campaign that the step of one person's automation waits for, and one that nobody waits for. */
async function awaitedMessage() {
  const ledger = ledgerOf();
  const { campaign, people } = await ledger.addChosen(pageOf(), 2);
  const [person = '', other = ''] = people;
  await ledger.owner.query(
    'UPDATE sends SET automation_run_id = gen_random_uuid() WHERE campaign_id = $1 AND subscriber_id = $2',
    [campaign.campaignId, person],
  );
  const wakes = async (): Promise<number[]> => [await ledger.wakes(person), await ledger.wakes(other)];
  return { campaign, person, wakes };
}

/** A step that waits for its message has no moment of its own: who decides the message owes it a wake (protocol §6). */
describe('A message that the step of an automation waits for wakes the person', () => {
  it('when its campaign closes', async () => {
    const { campaign, wakes } = await awaitedMessage();
    await closeOut(ledgerOf().worker, campaign, 'stopped_by_request');
    expect(await ledgerOf().counts(campaign)).toEqual({ cancelled: 2 });
    expect(await wakes()).toEqual([1, 0]);
  });

  it('when its answer never comes', async () => {
    const ledger = ledgerOf();
    const { campaign, wakes } = await awaitedMessage();
    await ledger.claimAndBegin(campaign);
    expect(await wakes()).toEqual([0, 0]);
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '2 minutes' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    await sweepAll(ledger.worker);
    expect(await ledger.counts(campaign)).toEqual({ unknown: 2 });
    expect(await wakes()).toEqual([1, 0]);
  });

  it('when its delivery overtakes its answer', async () => {
    const ledger = ledgerOf();
    const { campaign, person } = await awaitedMessage();
    await ledger.claimAndBegin(campaign);
    const event = {
      inboxId: uuidV7(),
      pageId: pageOf(),
      state: 'delivered',
      trackingId: null,
      tokenHash: ledger.tokenHash(pageOf(), person),
      metaCampaignId: campaign.metaCampaignId,
      atMs: ledger.nowMs,
    } as const;
    const owed: Wake[] = [];
    await ledger.asWorker((manager) => applyStatusEvents(manager, ledger.workspaceId, [event], owed));
    expect(owed).toMatchObject([{ ownerKind: 'subscriber', ownerId: person, pageId: pageOf() }]);
  });

  it('when a batch of its campaign settles it', async () => {
    const ledger = ledgerOf();
    const { campaign, wakes } = await awaitedMessage();
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    await ledger.settle(
      campaign,
      batch,
      begun.map(({ after }) => answerTo(after, taken())),
    );
    expect(await ledger.counts(campaign)).toEqual({ accepted: 2 });
    expect(await wakes()).toEqual([1, 0]);
  });
});
