import { describe, expect, it } from '@jest/globals';
import type { BatchHandle } from '../../src/ledger/batches';
import type { TestCampaign } from '../support/ledger-builders';
import { DAY, HOUR, at, ledgerOfThisFile } from '../support/ledger-builders';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

interface Claimed {
  readonly campaign: TestCampaign;
  readonly person: string;
  readonly batch: BatchHandle | null;
}

async function claimedPerson(row: Parameters<ReturnType<typeof ledgerOf>['addPeople']>[2] = {}): Promise<Claimed> {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1, row);
  const campaign = await ledger.addCampaign(pageOf());
  await ledger.choose(campaign, [person]);
  return { campaign, person, batch: (await ledger.claim(campaign)).batch };
}

/** Begins, and expects that the person got slot and money back. */
async function expectGivenBack({ campaign, person, batch }: Claimed): Promise<void> {
  const ledger = ledgerOf();
  const { begun } = await ledger.begin(campaign, batch);
  expect(begun).toEqual([]);
  expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
  expect(await ledger.slot(person)).toMatchObject({ untilMs: null, holder: null });
}

describe('A begin', () => {
  it('writes fence, moment and token, and sets the slot anew from its own moment', async () => {
    const ledger = ledgerOf();
    const { campaign, person, batch } = await claimedPerson();
    const claimedUntilMs = (await ledger.slot(person)).untilMs ?? 0;
    await ledger.advance(10 * HOUR);
    const { begun } = await ledger.begin(campaign, batch);
    expect(begun).toHaveLength(1);
    const send = await ledger.send(campaign, person);
    expect(send).toMatchObject({ state: 'sending', begun_fence: 1, begun_at: new Date(ledger.nowMs) });
    const [token] = await ledger.owner.query<{ token_id: string }[]>('SELECT token_id FROM sends WHERE id = $1', [
      send.id,
    ]);
    expect(token?.token_id).toBe(at(begun, 0).after.tokenId);
    const { untilMs, holder } = await ledger.slot(person);
    expect(holder).toBe(send.id);
    expect(untilMs).toBeGreaterThan(claimedUntilMs);
    expect(untilMs).toBeGreaterThanOrEqual(ledger.nowMs + 12 * HOUR);
  });

  it('hands out the sealed address of each person', async () => {
    const ledger = ledgerOf();
    const { campaign, person, batch } = await claimedPerson();
    const { address } = at((await ledger.begin(campaign, batch)).begun, 0);
    const opened = ledger.envelope.open(address.tokenSealed ?? Buffer.alloc(0), `subscriber_tokens.token:${pageOf()}`);
    expect(opened.toString()).toBe(`token-${person}`);
  });

  it('refuses who left after the claim', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(`UPDATE subscribers SET consent = 'revoked' WHERE id = $1`, [claimed.person]);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'refused', rule_id: 'R-11' });
  });

  it('refuses whose token ended after the claim', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(`UPDATE subscriber_tokens SET state = 'ended' WHERE subscriber_id = $1`, [claimed.person]);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({
      state: 'refused',
      rule_id: 'R-11',
      facts: { token: 'ended' },
    });
  });

  it('puts back whose Page was restricted after the claim', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [pageOf()]);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'queued', rule_id: 'R-25' });
  });

  it('puts back what a paused campaign had claimed', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(`UPDATE campaigns SET state = 'paused', reason = 'payment' WHERE id = $1`, [
      claimed.campaign.campaignId,
    ]);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'queued', rule_id: 'R-26' });
  });

  it.each(['stopped', 'ended', 'failed'])('cancels what a campaign had claimed that is %s', async (state) => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query('UPDATE campaigns SET state = $2 WHERE id = $1', [claimed.campaign.campaignId, state]);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'cancelled', rule_id: 'R-16' });
  });

  it('cancels at the end of the schedule', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query('UPDATE campaigns SET end_at = $2 WHERE id = $1', [
      claimed.campaign.campaignId,
      new Date(ledger.nowMs + 1),
    ]);
    await ledger.advance(1);
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'cancelled', rule_id: 'R-16' });
  });

  it('puts back a claim that is older than two minutes', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(
      `UPDATE sends SET claimed_wall_at = now() - interval '121 seconds' WHERE campaign_id = $1`,
      [claimed.campaign.campaignId],
    );
    await expectGivenBack(claimed);
    expect(await ledger.send(claimed.campaign, claimed.person)).toMatchObject({ state: 'queued', rule_id: null });
  });

  it('puts back a claim of another local day', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.setNow(Date.parse('2027-01-19T04:59:59.999Z'));
    const { begun } = await ledger.begin(claimed.campaign, claimed.batch, 0);
    expect(begun).toEqual([]);
    await ledger.setNow(Date.parse('2027-01-19T05:00:00Z'));
    await expectGivenBack(claimed);
    expect(await ledger.counts(claimed.campaign)).toEqual({ queued: 1 });
  });

  it('refuses a person who was erased after the claim', async () => {
    const ledger = ledgerOf();
    const { campaign, person, batch } = await claimedPerson();
    await ledger.owner.query('DELETE FROM subscribers WHERE id = $1', [person]);
    expect(await ledger.begin(campaign, batch)).toMatchObject({ begun: [] });
    expect(await ledger.counts(campaign)).toEqual({ refused: 1 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
  });

  it('puts back whose slot somebody else holds', async () => {
    const ledger = ledgerOf();
    const { campaign, person, batch } = await claimedPerson();
    const other = '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12';
    await ledger.owner.query('UPDATE subscribers SET paid_slot_send = $2 WHERE id = $1', [person, other]);
    expect(await ledger.begin(campaign, batch)).toMatchObject({ begun: [] });
    expect(await ledger.send(campaign, person)).toMatchObject({ state: 'queued', rule_id: 'R-08' });
    expect(await ledger.slot(person)).toMatchObject({ holder: other });
  });

  it('gives the slot back as it was before the claim', async () => {
    const ledger = ledgerOf();
    const before = new Date(ledger.nowMs - HOUR);
    const holder = '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12';
    const claimed = await claimedPerson({ paidSlotUntil: before, paidSlotSend: holder });
    await ledger.owner.query(`UPDATE subscribers SET consent = 'revoked' WHERE id = $1`, [claimed.person]);
    await ledger.begin(claimed.campaign, claimed.batch);
    expect(await ledger.slot(claimed.person)).toMatchObject({ untilMs: before.getTime(), holder });
  });

  it('wakes a campaign that waits for money when money comes back', async () => {
    const ledger = ledgerOf();
    const claimed = await claimedPerson();
    await ledger.owner.query(`UPDATE campaigns SET reason = 'budget_exhausted' WHERE id = $1`, [
      claimed.campaign.campaignId,
    ]);
    await ledger.owner.query(`UPDATE subscribers SET consent = 'revoked' WHERE id = $1`, [claimed.person]);
    const before = await ledger.wakes(claimed.campaign.campaignId);
    await expectGivenBack(claimed);
    expect(await ledger.wakes(claimed.campaign.campaignId)).toBe(before + 1);
  });
});

describe("The Page's lease", () => {
  it('grants what the next second allows and asks for patience then', async () => {
    const ledger = ledgerOf();
    const page = await ledger.addPage({}, 10);
    const people = await ledger.addPeople(page, 30);
    const campaign = await ledger.addCampaign(page);
    await ledger.choose(campaign, people);
    const { batch } = await ledger.claim(campaign);
    const beforeMs = Date.now();
    const first = await ledger.begin(campaign, batch);
    expect(first.begun).toHaveLength(10);
    expect(await ledger.leasedUntilMs(page)).toBeGreaterThanOrEqual(beforeMs + 1_000);
    await ledger.owner.query(
      `UPDATE page_rates SET granted_until = clock_timestamp() + interval '1 minute' WHERE page_id = $1`,
      [page],
    );
    const second = await ledger.begin(campaign, batch);
    expect(second.begun).toHaveLength(0);
    expect(second.rate?.debtMs).toBeGreaterThan(0);
    expect(second.left).toBe(20);
  });

  it('begins at most sixty-four at a time', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 70);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const { batch } = await ledger.claim(campaign);
    expect((await ledger.begin(campaign, batch, 100)).begun).toHaveLength(64);
  });

  it('never gives out more than its rate to two who ask at once', async () => {
    const ledger = ledgerOf();
    const page = await ledger.addPage({}, 20);
    const campaigns = await Promise.all([0, 1, 2, 3].map(() => ledger.addCampaign(page)));
    const batches = await Promise.all(
      campaigns.map(async (campaign) => {
        await ledger.choose(campaign, await ledger.addPeople(page, 20));
        return (await ledger.claim(campaign)).batch;
      }),
    );
    const startedMs = performance.now();
    const slices = await Promise.all(campaigns.map((campaign, index) => ledger.begin(campaign, at(batches, index))));
    const seconds = (performance.now() - startedMs) / 1_000;
    const granted = slices.reduce((sum, { begun }) => sum + begun.length, 0);
    expect(granted).toBeGreaterThanOrEqual(20);
    expect(granted).toBeLessThanOrEqual(Math.ceil(20 * (1 + seconds)));
  });

  it('stops the batch while Meta blocks the Page, and gives everything back', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 3);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    await ledger.owner.query('UPDATE page_rates SET blocked_until = $2 WHERE page_id = $1', [
      pageOf(),
      new Date(ledger.nowMs + 30_000),
    ]);
    const report = await ledger.runner().run(campaign, 500);
    expect(report).toMatchObject({ claimed: 3, accepted: 0, effect: { kind: 'pacing', retryAfterMs: 30_000 } });
    expect(await ledger.counts(campaign)).toEqual({ queued: 3 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
    await ledger.advance(DAY);
    expect(await ledger.runner().run(campaign, 500)).toMatchObject({ accepted: 3 });
  });
});
