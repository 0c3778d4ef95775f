import { describe, expect, it } from '@jest/globals';
import { payableMessages } from '../../domain/campaign/plan-batch';
import { HOUR, at, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

describe('A claim of chosen people', () => {
  it('takes them in the order they were chosen, slot and money with them', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 5);
    const campaign = await ledger.addCampaign(pageOf());
    const chosen = [...people].reverse();
    await ledger.choose(campaign, chosen);
    expect(await ledger.claim(campaign, 3)).toMatchObject({ claimed: 3, held: 0, refused: 0 });
    const sends = await ledger.sends(campaign);
    expect(sends.map((send) => [send.subscriber_id, send.state])).toEqual(
      chosen.map((id, index) => [id, index < 3 ? 'claimed' : 'queued']),
    );
    expect(await ledger.money(campaign)).toEqual({ reserved: 300, spent: 0 });
    const slot = await ledger.slot(at(chosen, 0));
    expect(slot.holder).toBe(at(sends, 0).id);
    expect(slot.untilMs).toBeGreaterThanOrEqual(ledger.nowMs + 12 * HOUR);
  });

  it('claims what the budget pays for and refuses the rest by R-14', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 5);
    const campaign = await ledger.addCampaign(pageOf(), { budgetMinor: 350 });
    await ledger.choose(campaign, people);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 3, refused: 2 });
    const refused = await ledger.send(campaign, at(people, 4));
    expect(refused).toMatchObject({
      state: 'refused',
      rule_id: 'R-14',
      facts: { kind: 'lifetime', remainingMinor: 50, unitCostMinor: 100, currency: 'USD' },
    });
    expect(await ledger.money(campaign)).toEqual({ reserved: 300, spent: 0 });
  });

  it('holds whom the budget cannot pay where the campaign says so, and takes them up after a raise', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 5);
    const campaign = await ledger.addCampaign(pageOf(), { budgetMinor: 200, row: { whenBudgetUsedUp: 'hold' } });
    await ledger.choose(campaign, people);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 2, held: 3 });
    expect(await ledger.send(campaign, at(people, 2))).toMatchObject({
      rule_id: 'R-14',
      due_at: null,
      allowed_at: null,
    });
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0, held: 0 });
    await ledger.owner.query('UPDATE campaign_budgets SET budget_minor = 400 WHERE campaign_id = $1', [
      campaign.campaignId,
    ]);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 4, held: 1 });
  });

  it('gives a person whose slot is taken a due time, or refuses them, as the campaign says', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const first = await ledger.addCampaign(pageOf());
    const holding = await ledger.addCampaign(pageOf());
    const refusing = await ledger.addCampaign(pageOf(), { row: { whenSlotTaken: 'refuse' } });
    for (const campaign of [first, holding, refusing]) await ledger.choose(campaign, [person]);
    for (const campaign of [first, holding, refusing]) await ledger.runner().run(campaign, 500);
    const { untilMs } = await ledger.slot(person);
    const held = await ledger.send(holding, person);
    expect(held).toMatchObject({ state: 'held', rule_id: 'R-08' });
    expect(held.due_at?.getTime()).toBe(untilMs);
    const refused = await ledger.send(refusing, person);
    expect(refused).toMatchObject({ state: 'refused', rule_id: 'R-08', due_at: null });
    expect(refused.allowed_at?.getTime()).toBe(untilMs);
    expect(await ledger.wakes(person)).toBe(1);
  });

  it('decides a held person anew when their time has come', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const [first, second] = [await ledger.addCampaign(pageOf()), await ledger.addCampaign(pageOf())];
    for (const campaign of [first, second]) await ledger.choose(campaign, [person]);
    for (const campaign of [first, second]) await ledger.runner().run(campaign, 500);
    const dueMs = (await ledger.send(second, person)).due_at?.getTime() ?? 0;
    await ledger.setNow(dueMs - 1);
    await ledger.runner().run(second, 500);
    expect(await ledger.counts(second)).toEqual({ held: 1 });
    await ledger.setNow(dueMs);
    await ledger.runner().run(second, 500);
    expect(await ledger.counts(second)).toEqual({ accepted: 1 });
    expect(await ledger.history((await ledger.send(second, person)).id)).toEqual([
      'queued',
      'held',
      'claimed',
      'sending',
      'accepted',
    ]);
  });

  it('gives a person two contents one after the other, not at once', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [person], { text: 'one' });
    await ledger.choose(campaign, [person], { text: 'two' });
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, held: 1 });
  });

  it('refuses by R-24 who lacks a variable of the content, behind consent', async () => {
    const ledger = ledgerOf();
    const [granted = '', other = ''] = await ledger.addPeople(pageOf(), 2);
    const [revoked = ''] = await ledger.addPeople(pageOf(), 1, { consent: 'revoked' });
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [granted, revoked], { text: 'Hello {{city}}' });
    await ledger.choose(campaign, [other], { text: 'Hello {{city|you}}' });
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, refused: 2 });
    expect(await ledger.send(campaign, granted)).toMatchObject({ state: 'refused', rule_id: 'R-24' });
    expect(await ledger.send(campaign, revoked)).toMatchObject({ state: 'refused', rule_id: 'R-11' });
    expect(JSON.stringify((await ledger.send(campaign, granted)).facts)).toContain('city');
  });

  it('refuses a person who is gone instead of asking for them for ever', async () => {
    const ledger = ledgerOf();
    const [gone = '', there = ''] = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [gone, there]);
    await ledger.owner.query('DELETE FROM subscribers WHERE id = $1', [gone]);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, refused: 1 });
    expect(await ledger.send(campaign, gone)).toMatchObject({
      state: 'refused',
      rule_id: 'R-11',
      facts: { person: 'gone' },
    });
  });

  it('leaves everybody queued while the Page is restricted', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    await ledger.owner.query(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [pageOf()]);
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0 });
    expect(await ledger.send(campaign, at(people, 0))).toMatchObject({ state: 'queued', rule_id: 'R-25' });
    expect(await ledger.history((await ledger.send(campaign, at(people, 0))).id)).toEqual(['queued']);
  });

  it('keeps a due row held while the Page is restricted', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const [first, second] = [await ledger.addCampaign(pageOf()), await ledger.addCampaign(pageOf())];
    for (const campaign of [first, second]) await ledger.choose(campaign, [person]);
    for (const campaign of [first, second]) await ledger.runner().run(campaign, 500);
    await ledger.owner.query(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [pageOf()]);
    await ledger.advance(48 * HOUR);
    await ledger.claim(second);
    expect(await ledger.send(second, person)).toMatchObject({ state: 'held', rule_id: 'R-25' });
    await ledger.owner.query('UPDATE pages SET restriction = NULL WHERE id = $1', [pageOf()]);
    await ledger.runner().run(second, 500);
    expect(await ledger.counts(second)).toEqual({ accepted: 1 });
  });

  it('claims no more than the Page sends in a minute', async () => {
    const ledger = ledgerOf();
    const slow = await ledger.addPage({}, 0.5);
    const people = await ledger.addPeople(slow, 40);
    const campaign = await ledger.addCampaign(slow);
    await ledger.choose(campaign, people);
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 30 });
  });

  it('claims nothing for a campaign that does not send', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 1);
    for (const state of ['scheduled', 'paused'] as const) {
      const campaign = await ledger.addCampaign(pageOf(), { row: { state } });
      await ledger.choose(campaign, people);
      expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0 });
      expect(await ledger.counts(campaign)).toEqual({ queued: 1 });
    }
  });

  it('goes on with the open batch under a higher fence instead of asking for another', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 4);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const first = await ledger.claim(campaign, 2);
    const second = await ledger.claim(campaign, 2);
    expect(second).toMatchObject({ claimed: 0, batch: { id: first.batch?.id, fence: 2 } });
    expect(await ledger.counts(campaign)).toEqual({ claimed: 2, queued: 2 });
  });

  it('finds nobody who was decided meanwhile', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const [send] = await ledger.sends(campaign);
    expect(await ledger.claimOne(campaign, send?.id ?? '')).toMatchObject({ claimed: 1, batch: { kind: 'single' } });
    expect(await ledger.claim(campaign)).toMatchObject({ claimed: 1, batch: { kind: 'chosen' } });
  });
});

describe('A claim of an audience', () => {
  it('walks it in the order of ids, batch by batch, and writes a row when it decides', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 7);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people });
    for (const claimed of [3, 3, 1]) {
      const claim = await ledger.claim(campaign, 3);
      expect(claim).toMatchObject({ claimed, batch: { kind: 'audience' } });
      await ledger.runner().run(campaign, 3);
    }
    expect(await ledger.claim(campaign, 3)).toMatchObject({ batch: null, claimed: 0 });
    expect((await ledger.sends(campaign)).map((send) => send.subscriber_id)).toEqual(people);
  });

  it('stops before whom the budget cannot pay, and goes on after a raise', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 10);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people, budgetMinor: 420 });
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ claimed: payableMessages(420, 100), refused: 0 });
    expect(await ledger.counts(campaign)).toEqual({ accepted: 4 });
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0 });
    await ledger.owner.query('UPDATE campaign_budgets SET budget_minor = 600 WHERE campaign_id = $1', [
      campaign.campaignId,
    ]);
    await ledger.runner().run(campaign, 500);
    expect((await ledger.sends(campaign)).map((send) => send.subscriber_id)).toEqual(people.slice(0, 6));
  });

  it('moves on over people who cannot be written to, without a batch to send', async () => {
    const ledger = ledgerOf();
    const left = await ledger.addPeople(pageOf(), 3, { consent: 'revoked' });
    const there = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf(), { audience: [...left, ...there] });
    expect(await ledger.claim(campaign, 3)).toEqual({ batch: null, claimed: 0, held: 0, refused: 3 });
    expect(await ledger.claim(campaign, 3)).toMatchObject({ claimed: 2, refused: 0 });
    expect(await ledger.counts(campaign)).toEqual({ refused: 3, claimed: 2 });
  });

  it('leaves out whoever was chosen by name, and records whoever is gone', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 4);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people });
    await ledger.choose(campaign, [at(people, 1)]);
    await ledger.runner().run(campaign, 500);
    await ledger.owner.query('DELETE FROM subscribers WHERE id = $1', [at(people, 2)]);
    await ledger.runner().run(campaign, 500);
    expect(await ledger.counts(campaign)).toEqual({ accepted: 3, refused: 1 });
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0, refused: 0 });
  });

  it('writes no row while the Page is restricted', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 2);
    const campaign = await ledger.addCampaign(pageOf(), { audience: people });
    await ledger.owner.query(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [pageOf()]);
    expect(await ledger.claim(campaign)).toMatchObject({ batch: null, claimed: 0 });
    expect(await ledger.sends(campaign)).toEqual([]);
  });
});

describe('After a claim', () => {
  it('held people wait in their own workflow too, up to a number', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 4, { paidSlotUntil: new Date(ledger.nowMs + HOUR) });
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    expect(await ledger.claim(campaign, 500, 3)).toMatchObject({ held: 4 });
    expect(await Promise.all(people.map((id) => ledger.wakes(id)))).toEqual([1, 1, 1, 0]);
  });

  it('people whose workflow is open learn what became of the campaign for them', async () => {
    const ledger = ledgerOf();
    const open = await ledger.addPeople(pageOf(), 1, { consent: 'revoked', workflowOpen: true });
    const closed = await ledger.addPeople(pageOf(), 1, { consent: 'revoked' });
    const sent = await ledger.addPeople(pageOf(), 1, { workflowOpen: true });
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [...open, ...closed, ...sent]);
    await ledger.runner().run(campaign, 500);
    const told = await ledger.owner.query<{ owner_id: string; body: { args: object } }[]>(
      `SELECT owner_id, body FROM outbox WHERE kind = 'campaign_outcome' AND page_id = $1 ORDER BY seq`,
      [pageOf()],
    );
    expect(told.map(({ owner_id, body }) => [owner_id, body.args])).toEqual([
      [at(open, 0), { campaignId: campaign.campaignId, state: 'refused', ruleId: 'R-11' }],
      [at(sent, 0), { campaignId: campaign.campaignId, state: 'accepted' }],
    ]);
  });
});
