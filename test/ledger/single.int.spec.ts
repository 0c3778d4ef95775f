import { describe, expect, it } from '@jest/globals';
import { closeLeftSingles, sweepClaims } from '../../src/ledger/sweep';
import type { SendOutcome } from '../../src/ledger/settle';
import { answerTo, at, ledgerOfThisFile, type TestCampaign } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const LATE: SendOutcome = { kind: 'not_sent', reason: 'too_late' };

/** A message to one person that waits to be sent by their own workflow. @param hidden - of no campaign of a shop's */
async function waitingMessage(hidden: boolean) {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1);
  const campaign = await ledger.addCampaign(pageOf(), { row: { hidden } });
  await ledger.choose(campaign, [person]);
  if (hidden)
    await ledger.owner.query(`UPDATE sends SET when_slot_taken = 'hold' WHERE campaign_id = $1`, [campaign.campaignId]);
  await ledger.owner.query('UPDATE waits SET wake_seq = 0');
  return { campaign, person, send: at(await ledger.sends(campaign), 0) };
}

async function begunMessage(hidden: boolean) {
  const ledger = ledgerOf();
  const message = await waitingMessage(hidden);
  const { batch } = await ledger.claimOne(message.campaign, message.send.id);
  const { begun } = await ledger.begin(message.campaign, batch);
  return { ...message, batch, begun: at(begun, 0).after };
}

async function openBatches({ campaignId }: TestCampaign): Promise<number> {
  const [open] = await ledgerOf().owner.query<{ count: number }[]>(
    `SELECT count(*) AS count FROM batches WHERE campaign_id = $1 AND state = 'open'`,
    [campaignId],
  );
  return open?.count ?? 0;
}

describe('A message to one person whose attempt died after its begin', () => {
  it('has its batch closed by the next attempt, and is left to its evidence', async () => {
    const ledger = ledgerOf();
    const { campaign, send } = await begunMessage(true);
    expect(await ledger.runner().runSingle(campaign, send.id)).toMatchObject({ claimed: 0, accepted: 0 });
    expect(await openBatches(campaign)).toBe(0);
    expect(await ledger.counts(campaign)).toEqual({ sending: 1 });
    expect(ledger.meta.arrivals).toHaveLength(0);
  });

  it('has its batch closed after a minute where its row has left it', async () => {
    const ledger = ledgerOf();
    const { campaign, batch, begun } = await begunMessage(true);
    await ledger.settle(campaign, batch, [answerTo(begun, LATE)]);
    await closeLeftSingles(ledger.worker);
    expect(await openBatches(campaign)).toBe(1);
    await ledger.owner.query(`UPDATE batches SET created_at = now() - interval '61 seconds' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    expect(await closeLeftSingles(ledger.worker)).toBe(1);
    expect(await openBatches(campaign)).toBe(0);
  });

  it('keeps a batch that still has it claimed', async () => {
    const ledger = ledgerOf();
    const { campaign, send } = await waitingMessage(true);
    await ledger.claimOne(campaign, send.id);
    await ledger.owner.query(`UPDATE batches SET created_at = now() - interval '1 hour' WHERE campaign_id = $1`, [
      campaign.campaignId,
    ]);
    expect(await closeLeftSingles(ledger.worker)).toBe(0);
    expect(await openBatches(campaign)).toBe(1);
  });
});

/** Its activity may have been given up long ago, with nobody left to hear of it (protocol §6). */
describe('A message to one person that is put back', () => {
  it('wakes the person whom it was asked for', async () => {
    const ledger = ledgerOf();
    const { campaign, person, send, batch, begun } = await begunMessage(true);
    await ledger.runner().runSingle(campaign, send.id);
    await ledger.settle(campaign, batch, [answerTo(begun, LATE)]);
    expect(await ledger.counts(campaign)).toEqual({ queued: 1 });
    expect(await ledger.wakes(person)).toBe(1);
    expect(await ledger.wakes(campaign.campaignId)).toBe(0);
  });

  it('wakes the campaign that chose them', async () => {
    const ledger = ledgerOf();
    const { campaign, person, batch, begun } = await begunMessage(false);
    await ledger.settle(campaign, batch, [answerTo(begun, LATE)]);
    expect(await ledger.counts(campaign)).toEqual({ queued: 1 });
    expect([await ledger.wakes(person), await ledger.wakes(campaign.campaignId)]).toEqual([0, 1]);
  });

  it.each([true, false])('by the sweeper wakes whoever goes on with it (hidden: %s)', async (hidden) => {
    const ledger = ledgerOf();
    const { campaign, person, send } = await waitingMessage(hidden);
    await ledger.claimOne(campaign, send.id);
    await ledger.owner.query(
      `UPDATE sends SET claimed_wall_at = now() - interval '121 seconds' WHERE campaign_id = $1`,
      [campaign.campaignId],
    );
    expect(await sweepClaims(ledger.worker)).toBe(1);
    expect([await ledger.wakes(person), await ledger.wakes(campaign.campaignId)]).toEqual(hidden ? [1, 0] : [0, 1]);
  });
});
