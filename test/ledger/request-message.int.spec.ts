import { describe, expect, it } from '@jest/globals';
import type { MessageRequest } from '../../src/ledger/request-message';
import { requestMessage } from '../../src/ledger/request-message';
import type { CampaignRef } from '../../src/ledger/campaign-record';
import type { StoredSend } from '../support/ledger-builders';
import { HOUR, START_MS, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const OPEN = new Date(START_MS + HOUR);

const request = (subscriberId: string, message: Partial<MessageRequest> = {}) => {
  const ledger = ledgerOf();
  return ledger.asApi((manager) =>
    requestMessage(manager, ledger.keys, {
      workspaceId: ledger.workspaceId,
      pageId: pageOf(),
      subscriberId,
      campaignId: null,
      content: { text: 'Hello' },
      purpose: 'promotional',
      lane: 'auto',
      allowPaid: false,
      whenSlotTaken: 'hold',
      ...message,
    }),
  );
};

async function rowOf(requested: { readonly campaignId: string; readonly sendId: string }): Promise<StoredSend> {
  const found = (await ledgerOf().sends(requested)).find(({ id }) => id === requested.sendId);
  if (found === undefined) throw new Error('The message was not recorded.');
  return found;
}

const refOf = (requested: { readonly campaignId: string }): CampaignRef => ({
  workspaceId: ledgerOf().workspaceId,
  pageId: pageOf(),
  campaignId: requested.campaignId,
});

describe('A message to one person', () => {
  it('goes through the open window, of the hidden campaign of its Page, for nothing', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { windowUntil: OPEN, consent: 'none', tokenId: null });
    const requested = await request(person);
    expect(requested).toMatchObject({ lane: 'window', decision: { kind: 'send' } });
    expect(requested.owed).toMatchObject([{ ownerKind: 'subscriber', ownerId: person, signal: 'messageRequested' }]);
    await ledger.runner().runSingle(refOf(requested), requested.sendId);
    expect(await rowOf(requested)).toMatchObject({ state: 'accepted', reserved: false });
    expect(await ledger.slot(person)).toMatchObject({ holder: null });
  });

  it('is recorded as refused with rule and facts, and wakes nobody', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const requested = await request(person);
    expect(requested.decision).toMatchObject({ kind: 'refuse', ruleId: 'R-32' });
    expect(requested.owed).toEqual([]);
    expect(await rowOf(requested)).toMatchObject({ state: 'refused', rule_id: 'R-32' });
    expect(await ledger.wakes(person)).toBe(0);
  });

  it('is refused at once where no start of the campaign would let it go', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { consent: 'none', tokenId: null });
    const campaign = await ledger.addCampaign(pageOf(), {
      row: { state: 'scheduled', startAt: new Date(START_MS + HOUR) },
    });
    const requested = await request(person, { campaignId: campaign.campaignId, lane: 'paid' });
    expect(requested).toMatchObject({ decision: { kind: 'refuse', ruleId: 'R-11' }, owed: [] });
    expect(await rowOf(requested)).toMatchObject({ state: 'refused', rule_id: 'R-11' });
  });

  it('takes the paid lane of a campaign: its budget pays, its slot is taken', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    const requested = await request(person, { campaignId: campaign.campaignId, lane: 'paid' });
    expect(requested).toMatchObject({ lane: 'paid', campaignId: campaign.campaignId });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledger.runner().runSingle(campaign, requested.sendId)).toMatchObject({ claimed: 1, accepted: 1 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 100, spent: 0 });
    expect(await ledger.slot(person)).toMatchObject({ holder: requested.sendId });
  });

  it('auto takes the window while it is open, else the paid lane where the call allows it', async () => {
    const ledger = ledgerOf();
    const [inside = ''] = await ledger.addPeople(pageOf(), 1, { windowUntil: OPEN });
    const [outside = ''] = await ledger.addPeople(pageOf(), 1);
    const { campaignId } = await ledger.addCampaign(pageOf());
    expect(await request(inside, { campaignId, allowPaid: true })).toMatchObject({ lane: 'window' });
    expect(await request(outside, { campaignId, allowPaid: true })).toMatchObject({ lane: 'paid' });
    expect(await request(outside, { campaignId })).toMatchObject({ lane: 'window', decision: { ruleId: 'R-32' } });
  });

  it('is held for the slot by its own policy, not by the campaign’s', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { paidSlotUntil: OPEN });
    const { campaignId } = await ledger.addCampaign(pageOf(), { row: { whenSlotTaken: 'refuse' } });
    const held = await request(person, { campaignId, lane: 'paid' });
    expect(await rowOf(held)).toMatchObject({ state: 'held', rule_id: 'R-08', due_at: OPEN });
    const refused = await request(person, { campaignId, lane: 'paid', whenSlotTaken: 'refuse' });
    expect(await rowOf(refused)).toMatchObject({ state: 'refused', rule_id: 'R-08', due_at: null, allowed_at: OPEN });
    await ledger.setNow(OPEN.getTime());
    expect(await ledger.runner().runSingle(refOf(held), held.sendId)).toMatchObject({ accepted: 1 });
  });

  it('of a campaign that does not send yet stays queued, and is the campaign’s to probe with', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), {
      row: { state: 'populating', metaCreatedAt: new Date(START_MS) },
    });
    const requested = await request(person, { campaignId: campaign.campaignId, lane: 'paid' });
    expect(await rowOf(requested)).toMatchObject({
      state: 'queued',
      rule_id: 'R-13',
      allowed_at: new Date(START_MS + HOUR),
    });
    await ledger.advance(2 * HOUR);
    expect(await ledger.runner().runSingle(campaign, requested.sendId)).toMatchObject({ claimed: 0 });
    expect(await ledger.runner().run(campaign, 1)).toMatchObject({ claimed: 1, accepted: 1, isProbe: true });
  });

  it('waits with its campaign while Meta asked it to', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf(), { row: { claimsFrom: OPEN } });
    const requested = await request(person, { campaignId: campaign.campaignId, lane: 'paid' });
    expect(await ledger.runner().runSingle(campaign, requested.sendId)).toMatchObject({ claimed: 0 });
    await ledger.setNow(OPEN.getTime());
    expect(await ledger.runner().runSingle(campaign, requested.sendId)).toMatchObject({ accepted: 1 });
  });

  it('of the same content goes as often as it is asked for, each in its slot', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { windowUntil: OPEN });
    const first = await request(person);
    const second = await request(person);
    for (const one of [first, second]) await ledger.runner().runSingle(refOf(one), one.sendId);
    expect(ledger.meta.arrivals).toHaveLength(2);
  });

  it('is refused by R-24 where its own variables are missing', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { windowUntil: OPEN });
    const content = { text: 'Hello {{city}}' };
    expect(await request(person, { content })).toMatchObject({ decision: { kind: 'refuse', ruleId: 'R-24' } });
    expect(await request(person, { content, variables: { city: 'Rome' } })).toMatchObject({
      decision: { kind: 'send' },
    });
  });

  it('that another worker holds is not sent by a second', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1, { windowUntil: OPEN });
    const requested = await request(person);
    const runs = await Promise.all([0, 1, 2].map(() => ledger.runner().runSingle(refOf(requested), requested.sendId)));
    expect(runs.reduce((sum, { accepted }) => sum + accepted, 0)).toBeLessThanOrEqual(1);
    await ledger.runner().runSingle(refOf(requested), requested.sendId);
    expect(ledger.meta.timesOf(requested.sendId)).toBeLessThanOrEqual(1);
    expect((await rowOf(requested)).state).toBe('accepted');
  });
});
