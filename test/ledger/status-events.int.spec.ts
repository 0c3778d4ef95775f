import { describe, expect, it } from '@jest/globals';
import type { StatusEvent } from '../../src/ledger/apply-status-events';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { assumeSent } from '../../src/ledger/sweep';
import type { Wake } from '../../src/outbox/wake';
import { uuidV7 } from '../../src/security/uuid-v7';
import { matchByTrackingId } from '../protocol/naive/inbox';
import type { CampaignWish, TestCampaign } from '../support/ledger-builders';
import { DAY, HOUR, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

type Reached = StatusEvent['state'];

interface Sent {
  readonly campaign: TestCampaign;
  readonly person: string;
}

async function sentMessage(wish: CampaignWish = {}): Promise<Sent> {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1);
  const campaign = await ledger.addCampaign(pageOf(), wish);
  await ledger.choose(campaign, [person]);
  await ledger.runner().run(campaign, 500);
  return { campaign, person };
}

/** An event as it comes for a paid message: it names token and campaign, and its tracking id where it is asked to. */
function eventOf({ campaign, person }: Sent, state: Reached, event: Partial<StatusEvent> = {}): StatusEvent {
  const tokenHash = ledgerOf().tokenHash(pageOf(), person);
  const { metaCampaignId } = campaign;
  const atMs = ledgerOf().nowMs;
  return { inboxId: uuidV7(), pageId: pageOf(), state, trackingId: null, tokenHash, metaCampaignId, atMs, ...event };
}

async function apply(...events: readonly StatusEvent[]): Promise<string[]> {
  const ledger = ledgerOf();
  const wakes: Wake[] = [];
  const outcomes = await ledger.asWorker((manager) => applyStatusEvents(manager, ledger.workspaceId, events, wakes));
  return [...outcomes.values(), ...wakes.map(({ ownerId }) => `wake ${ownerId}`)];
}

const stateOf = async ({ campaign, person }: Sent) => (await ledgerOf().send(campaign, person)).state;

describe('Status events of an accepted message', () => {
  it('move it forward and book its money with the delivery', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 100, spent: 0 });
    expect(await apply(eventOf(sent, 'delivered'))).toEqual(['applied']);
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
    await apply(eventOf(sent, 'read'));
    await apply(eventOf(sent, 'clicked'));
    expect(await stateOf(sent)).toBe('clicked');
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it.each<Reached[][]>([
    [['read', 'delivered', 'clicked']],
    [['clicked', 'read', 'delivered']],
    [['delivered', 'clicked', 'accepted', 'read']],
  ])('end in the furthest state in whatever order they come: %s', async (order) => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    for (const state of order) await apply(eventOf(sent, state));
    expect(await stateOf(sent)).toBe('clicked');
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('are counted once where they come twice in one group', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    await apply(eventOf(sent, 'delivered'), eventOf(sent, 'delivered'), eventOf(sent, 'read'));
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
    expect(await stateOf(sent)).toBe('read');
  });

  it('count every tap and the click once', async () => {
    const sent = await sentMessage();
    await apply(eventOf(sent, 'clicked'), eventOf(sent, 'clicked'));
    const send = await ledgerOf().send(sent.campaign, sent.person);
    expect(send).toMatchObject({ state: 'clicked', link_clicks: 2 });
  });

  it('release the money on a failure and leave the slot', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    const slot = await ledger.slot(sent.person);
    await apply(eventOf(sent, 'failed'));
    expect(await ledger.send(sent.campaign, sent.person)).toMatchObject({ state: 'failed', reason: 'delivery_failed' });
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledger.slot(sent.person)).toEqual(slot);
    await apply(eventOf(sent, 'failed'));
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 0 });
  });

  it('do not fail what was delivered', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    await apply(eventOf(sent, 'delivered'));
    await apply(eventOf(sent, 'failed'));
    expect(await stateOf(sent)).toBe('delivered');
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('wake a campaign that waits for money when some comes back', async () => {
    const sent = await sentMessage();
    await ledgerOf().owner.query(`UPDATE campaigns SET reason = 'budget_exhausted' WHERE id = $1`, [
      sent.campaign.campaignId,
    ]);
    expect(await apply(eventOf(sent, 'failed'))).toEqual(['applied', `wake ${sent.campaign.campaignId}`]);
  });
});

describe('A delivery after a reported failure', () => {
  it('is an adjust with its send, and the message stays failed', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    await apply(eventOf(sent, 'failed'));
    await apply(eventOf(sent, 'delivered'), eventOf(sent, 'read'));
    const send = await ledger.send(sent.campaign, sent.person);
    expect(send).toMatchObject({ state: 'failed', delivered_at: new Date(ledger.nowMs) });
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
    const entries = await ledger.owner.query<{ kind: string; send_id: string }[]>(
      'SELECT kind, send_id FROM budget_entries WHERE campaign_id = $1 ORDER BY id',
      [sent.campaign.campaignId],
    );
    expect(entries).toEqual([
      { kind: 'reserve', send_id: send.id },
      { kind: 'release', send_id: send.id },
      { kind: 'adjust', send_id: send.id },
    ]);
  });

  it('is booked even above the budget, stops further claims, and a raise lets them go on', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage({ budgetMinor: 100 });
    const people = await ledger.addPeople(pageOf(), 2);
    await apply(eventOf(sent, 'failed'));
    await ledger.choose(sent.campaign, [at(people, 0)]);
    expect(await ledger.runner().run(sent.campaign, 500)).toMatchObject({ accepted: 1 });
    await apply(eventOf(sent, 'delivered'));
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 100, spent: 100 });
    const [budget] = await ledger.owner.query<{ overdrawn: boolean }[]>(
      'SELECT overdrawn FROM campaign_budgets WHERE campaign_id = $1',
      [sent.campaign.campaignId],
    );
    expect(budget?.overdrawn).toBe(true);
    await ledger.choose(sent.campaign, [at(people, 1)]);
    expect(await ledger.runner().run(sent.campaign, 500)).toMatchObject({ claimed: 0, refused: 1 });
    await ledger.owner.query('UPDATE campaign_budgets SET budget_minor = 300 WHERE campaign_id = $1', [
      sent.campaign.campaignId,
    ]);
    await ledger.choose(sent.campaign, [at(people, 1)]);
    expect(await ledger.runner().run(sent.campaign, 500)).toMatchObject({ accepted: 1 });
  });

  it('keeps the same content from going to the person again, also where they were chosen anew', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    await apply(eventOf(sent, 'failed'));
    expect(await ledger.choose(sent.campaign, [sent.person])).toMatchObject({ duplicates: 0 });
    await apply(eventOf(sent, 'delivered'));
    expect(await stateOf(sent)).toBe('queued');
    await ledger.advance(2 * DAY);
    expect(await ledger.runner().run(sent.campaign, 500)).toMatchObject({ refused: 1, accepted: 0 });
    expect(await ledger.send(sent.campaign, sent.person)).toMatchObject({ state: 'refused', rule_id: 'R-27' });
    expect(ledger.meta.mostPerMessage()).toBe(1);
    expect(await ledger.choose(sent.campaign, [sent.person])).toMatchObject({ duplicates: 1 });
  });

  it('stops a new claim at its begin, whose own money comes back', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    await apply(eventOf(sent, 'failed'));
    await ledger.choose(sent.campaign, [sent.person]);
    await ledger.advance(2 * DAY);
    const { batch } = await ledger.claim(sent.campaign);
    await apply(
      eventOf(sent, 'delivered', { trackingId: (await ledger.send(sent.campaign, sent.person)).tracking_id }),
    );
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 100, spent: 100 });
    expect(await ledger.begin(sent.campaign, batch)).toMatchObject({ begun: [] });
    expect(await ledger.send(sent.campaign, sent.person)).toMatchObject({ state: 'refused', rule_id: 'R-27' });
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('of an attempt before does not end the reservation of the next', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    const { tracking_id: trackingId } = await ledger.send(sent.campaign, sent.person);
    await apply(eventOf(sent, 'failed', { trackingId }));
    await ledger.choose(sent.campaign, [sent.person]);
    await ledger.advance(2 * DAY);
    await ledger.runner().run(sent.campaign, 500);
    const again = await ledger.send(sent.campaign, sent.person);
    expect(again).toMatchObject({ state: 'accepted', claim_no: 2 });
    expect(again.tracking_id).not.toBe(trackingId);
    await apply(eventOf(sent, 'delivered', { trackingId: again.tracking_id }));
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });
});

describe('A status event that overtakes the answer', () => {
  it('delivers a message that is still being sent; the answer adds what is missing', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [person]);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    const event = eventOf({ campaign, person }, 'delivered', { atMs: ledger.nowMs - 60_000 });
    const naive = await ledger.asWorker((manager) => matchByTrackingId(manager, 'brought by the answer'));
    expect(naive).toEqual([]);
    expect(await apply(event)).toEqual(['applied']);
    expect(await ledger.send(campaign, person)).toMatchObject({ state: 'delivered', tracking_id: null });
    await ledger.settle(campaign, batch, [answerTo(at(begun, 0).after, taken())]);
    const send = await ledger.send(campaign, person);
    expect(send.state).toBe('delivered');
    expect(send.tracking_id).not.toBeNull();
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('fails a message that is still being sent; an acceptance does not bring it back', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, [person]);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    await apply(eventOf({ campaign, person }, 'failed'));
    await ledger.settle(campaign, batch, [answerTo(at(begun, 0).after, taken())]);
    expect(await ledger.counts(campaign)).toEqual({ failed: 1 });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 0 });
  });
});

describe('An unknown outcome', () => {
  async function unknownMessage(): Promise<Sent> {
    ledgerOf().meta.says(() => ({ kind: 'unknown', reason: 'timeout' }));
    return sentMessage();
  }

  it.each<Reached>(['accepted', 'delivered', 'read', 'failed'])('is resolved by %s', async (state) => {
    const ledger = ledgerOf();
    const sent = await unknownMessage();
    await apply(eventOf(sent, state, { trackingId: 't-9' }));
    expect(await ledger.send(sent.campaign, sent.person)).toMatchObject({ state, due_at: null, tracking_id: 't-9' });
  });

  it('counts as sent after a day of business time; slot and money stay', async () => {
    const ledger = ledgerOf();
    const sent = await unknownMessage();
    const slot = await ledger.slot(sent.person);
    await ledger.advance(DAY - 1);
    expect(await assumeSent(ledger.worker)).toBe(0);
    await ledger.advance(1);
    expect(await assumeSent(ledger.worker)).toBe(1);
    expect(await ledger.send(sent.campaign, sent.person)).toMatchObject({ state: 'assumed_sent', due_at: null });
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 100, spent: 0 });
    expect(await ledger.slot(sent.person)).toEqual(slot);
    await apply(eventOf(sent, 'delivered'));
    expect(await stateOf(sent)).toBe('delivered');
    expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('is never sent again', async () => {
    const ledger = ledgerOf();
    const sent = await unknownMessage();
    expect(await ledger.choose(sent.campaign, [sent.person])).toMatchObject({ duplicates: 1 });
    await ledger.advance(3 * DAY);
    await assumeSent(ledger.worker);
    await ledger.choose(sent.campaign, [sent.person]);
    await ledger.runner().run(sent.campaign, 500);
    expect(ledger.meta.arrivals).toHaveLength(1);
  });
});

describe('The message that an event speaks of', () => {
  it('is found by tracking id before all else', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const campaign = await ledger.addCampaign(pageOf());
    const contents = [{ text: 'one' }, { text: 'two' }];
    for (const content of contents) {
      await ledger.choose(campaign, [person], content);
      await ledger.runner().run(campaign, 500);
      await ledger.advance(2 * DAY);
    }
    const [first, second] = await ledger.sends(campaign);
    await apply(eventOf({ campaign, person }, 'delivered', { trackingId: first?.tracking_id ?? '' }));
    expect((await ledger.sends(campaign)).map(({ state }) => state)).toEqual(['delivered', 'accepted']);
    await apply(eventOf({ campaign, person }, 'read', { trackingId: second?.tracking_id ?? '' }));
    expect((await ledger.sends(campaign)).map(({ state }) => state)).toEqual(['delivered', 'read']);
  });

  it('is the newest begun before the event and two minutes', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    const tooEarly = eventOf(sent, 'delivered', { atMs: ledger.nowMs - 120_001 });
    expect(await apply(tooEarly)).toEqual(['unmatched']);
    expect(await apply({ ...tooEarly, atMs: ledger.nowMs - 120_000 })).toEqual(['applied']);
  });

  it('is nobody’s in another workspace, on another Page, or of another campaign', async () => {
    const ledger = ledgerOf();
    const sent = await sentMessage();
    const { tracking_id: trackingId } = await ledger.send(sent.campaign, sent.person);
    const otherPage = await ledger.addPage();
    expect(await apply(eventOf(sent, 'delivered', { pageId: otherPage, trackingId }))).toEqual(['unmatched']);
    expect(await apply(eventOf(sent, 'delivered', { metaCampaignId: '999' }))).toEqual(['unmatched']);
    const outcomes = await ledger.asWorker((manager) =>
      applyStatusEvents(manager, uuidV7(), [eventOf(sent, 'delivered', { trackingId })], []),
    );
    expect([...outcomes.values()]).toEqual(['unmatched']);
    expect(await stateOf(sent)).toBe('accepted');
  });

  it('may be many of several campaigns in one group', async () => {
    const ledger = ledgerOf();
    const sents = [await sentMessage(), await sentMessage(), await sentMessage()];
    await ledger.advance(HOUR);
    expect(await apply(...sents.map((sent) => eventOf(sent, 'delivered')))).toEqual(['applied', 'applied', 'applied']);
    for (const sent of sents) expect(await ledger.money(sent.campaign)).toEqual({ reserved: 0, spent: 100 });
  });
});
