import { describe, expect, it } from '@jest/globals';
import type { BatchHandle } from '../../src/ledger/batches';
import type { BegunChange } from '../../src/ledger/begin';
import type { SendOutcome } from '../../src/ledger/settle';
import { sweepAll } from '../../src/ledger/sweep';
import type { CampaignWish, TestCampaign } from '../support/ledger-builders';
import { DAY, HOUR, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { refusedWith } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

interface Begun {
  readonly campaign: TestCampaign;
  readonly person: string;
  readonly batch: BatchHandle;
  readonly begun: BegunChange;
}

async function begunMessage(wish: CampaignWish = {}): Promise<Begun> {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1);
  const campaign = await ledger.addCampaign(pageOf(), wish);
  await ledger.choose(campaign, [person]);
  const { batch, begun } = await ledger.claimAndBegin(campaign);
  return { campaign, person, batch, begun: at(begun, 0) };
}

const settled = ({ campaign, batch, begun }: Begun, outcome: SendOutcome) =>
  ledgerOf().settle(campaign, batch, [answerTo(begun.after, outcome)]);

const state = async ({ campaign, person }: Begun) => (await ledgerOf().send(campaign, person)).state;

describe('An accepted message', () => {
  it('keeps its money reserved and its slot', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const { settled: summary } = await settled(message, { kind: 'accepted', trackingId: 't-1' });
    expect(summary).toMatchObject({ accepted: 1, failed: 0, unknown: 0, requeued: 0, effect: null });
    expect(await ledger.send(message.campaign, message.person)).toMatchObject({
      state: 'accepted',
      tracking_id: 't-1',
      accepted_at: new Date(ledger.nowMs),
    });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 100, spent: 0 });
  });

  it("counts the spacing from Meta's acceptance where that ends later than the local day", async () => {
    const ledger = ledgerOf();
    await ledger.owner.query('UPDATE pages SET one_message_per_local_day = false WHERE id = $1', [pageOf()]);
    const message = await begunMessage();
    await ledger.advance(7_000);
    await settled(message, { kind: 'accepted', trackingId: null });
    expect((await ledger.slot(message.person)).untilMs).toBe(ledger.nowMs + 12 * HOUR);
  });
});

describe('A refusal that is final', () => {
  it.each([
    ['C', 2_300_004, 'R-11'],
    ['C', 2_300_037, 'R-11'],
    ['D', 2_300_032, 'R-18'],
    ['I', 2_300_010, null],
  ])('of class %s (%d) fails the message, slot and money back', async (_class, code, ruleId) => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(code));
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'failed', rule_id: ruleId, facts: { code } });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledger.slot(message.person)).toMatchObject({ untilMs: null, holder: null });
  });

  it('of the region is a fact of the person: the next message is refused without asking Meta', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(2_300_032));
    const next = await ledger.addCampaign(pageOf());
    await ledger.choose(next, [message.person]);
    ledger.meta.forget();
    await ledger.runner().run(next, 500);
    expect(await ledger.send(next, message.person)).toMatchObject({
      state: 'refused',
      rule_id: 'R-18',
      facts: { region: 'excluded' },
    });
    expect(ledger.meta.arrivals).toEqual([]);
  });

  it.each([2_300_004, 2_300_037])('of a dead token (%d) ends the token, not the consent', async (code) => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(code));
    const [row] = await ledger.owner.query<{ state: string; consent: string }[]>(
      'SELECT t.state, s.consent FROM subscribers s JOIN subscriber_tokens t ON t.id = s.token_id WHERE s.id = $1',
      [message.person],
    );
    expect(row).toEqual({ state: 'ended', consent: 'granted' });
  });

  it('of somebody who stopped opts them out as of the begin, and wakes them', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const begunAtMs = ledger.nowMs;
    await ledger.advance(5_000);
    await settled(message, refusedWith(2_300_034));
    const [row] = await ledger.owner.query<{ consent: string; consent_at: Date; source: string }[]>(
      `SELECT s.consent, s.consent_at, e.source FROM subscribers s JOIN consent_events e ON e.subscriber_id = s.id
        WHERE s.id = $1 AND e.kind = 'opt_out'`,
      [message.person],
    );
    expect(row).toEqual({ consent: 'revoked', consent_at: new Date(begunAtMs), source: 'send_error' });
    expect(await ledger.wakes(message.person)).toBe(1);
  });

  it('of somebody who stopped and was erased meanwhile is settled all the same', async () => {
    const message = await begunMessage();
    await ledgerOf().owner.query('DELETE FROM subscribers WHERE id = $1', [message.person]);
    await settled(message, refusedWith(2_300_034));
    expect(await state(message)).toBe('failed');
  });

  it('of the campaign’s own content halts the batch and pauses the campaign', async () => {
    const message = await begunMessage();
    const slice = await settled(message, refusedWith(2_300_010));
    expect(slice.settled.effect).toEqual({ kind: 'pause', reason: 'content', code: 2_300_010 });
  });

  it('of a person’s own content speaks for nobody else', async () => {
    const ledger = ledgerOf();
    const { campaign, batch, begun } = await begunMessage();
    const slice = await ledger.settle(campaign, batch, [answerTo(begun.after, refusedWith(2_300_010), false)]);
    expect(slice.settled.effect).toBeNull();
  });
});

describe("A refusal of the person's moment", () => {
  it.each([
    [2_300_035, 3_600, 'R-08', HOUR],
    [2_300_035, null, 'R-08', 12 * HOUR],
    [2_300_042, null, 'R-20', DAY],
    [2_300_052, null, 'R-20', HOUR],
  ])('%d with %s seconds holds until Meta’s moment', async (code, seconds, ruleId, waitMs) => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(code, seconds));
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'held', rule_id: ruleId, tries: 1, facts: { code } });
    expect(send.due_at).toEqual(new Date(ledger.nowMs + waitMs));
    expect(await ledger.slot(message.person)).toMatchObject({ holder: null, metaUntilMs: ledger.nowMs + waitMs });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 0, spent: 0 });
  });

  it('refuses where the campaign says so', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage({ row: { whenSlotTaken: 'refuse' } });
    await settled(message, refusedWith(2_300_035, 60));
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'refused', rule_id: 'R-08', due_at: null });
    expect(send.allowed_at).toEqual(new Date(ledger.nowMs + 60_000));
  });

  it('keeps the later of two words of Meta', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const later = new Date(ledger.nowMs + DAY);
    await ledger.owner.query('UPDATE subscribers SET meta_paid_until = $2 WHERE id = $1', [message.person, later]);
    await settled(message, refusedWith(2_300_035, 60));
    expect((await ledger.slot(message.person)).metaUntilMs).toBe(later.getTime());
  });
});

describe('A refusal that is not the person’s', () => {
  it.each([
    ['A', 2_300_012, { kind: 'not_ready', retryAfterMs: 300_000 }],
    ['E', 2_300_000, { kind: 'pause', reason: 'account' }],
    ['E', 2_300_006, { kind: 'end', reason: 'account' }],
    ['F', 2_300_053, { kind: 'budget_lifetime' }],
    ['F', 2_300_054, { kind: 'budget_daily' }],
    ['G', 2_300_011, { kind: 'pause', reason: 'payment' }],
    ['H', 2_300_055, { kind: 'pacing', retryAfterMs: 1_800_000 }],
    ['J', 190, { kind: 'pause', reason: 'account' }],
    ['K', 2_300_078, { kind: 'rate', retryAfterMs: 60_000 }],
    ['M', 368, { kind: 'pause', reason: 'page_restricted' }],
  ])('of class %s (%d) puts the message back and halts the batch', async (_class, code, effect) => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const slice = await settled(message, refusedWith(code));
    expect(slice.settled.effect).toMatchObject({ ...effect, code });
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'queued', tries: 1, facts: { code } });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledger.slot(message.person)).toMatchObject({ untilMs: null, holder: null });
    const [batch] = await ledger.owner.query<{ halted: boolean }[]>('SELECT halted FROM batches WHERE id = $1', [
      message.batch.id,
    ]);
    expect(batch?.halted).toBe(true);
  });

  it('with a code that nobody knows is tried once more, then it is final', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(2_300_049));
    expect(await state(message)).toBe('queued');
    ledger.meta.says(() => refusedWith(2_300_049));
    await ledger.runner().run(message.campaign, 500);
    await ledger.advance(60_000);
    await ledger.runner().run(message.campaign, 500);
    expect(await state(message)).toBe('failed');
  });

  it('keeps the batch from beginning another slice, whoever goes on with it', async () => {
    const ledger = ledgerOf();
    const people = await ledger.addPeople(pageOf(), 70);
    const campaign = await ledger.addCampaign(pageOf());
    await ledger.choose(campaign, people);
    const { batch, begun } = await ledger.claimAndBegin(campaign);
    await ledger.settle(campaign, batch, [answerTo(at(begun, 0).after, refusedWith(2_300_011))]);
    const report = await ledger.runner().run(campaign, 500);
    expect(report).toMatchObject({ claimed: 0, accepted: 0 });
    expect(ledger.meta.arrivals).toEqual([]);
    expect(await ledger.counts(campaign)).toEqual({ sending: 63, queued: 7 });
  });
});

/** From a begin until Meta is asked for it: the send's deadline and a quarter of an hour. */
const FIRST_LOOK_MS = 15_000 + 15 * 60_000;

describe('An unknown outcome', () => {
  it.each([
    ['a time-out', { kind: 'unknown', reason: 'timeout' } as const],
    ['code 1', refusedWith(1)],
    [
      'a server error',
      {
        kind: 'refused',
        failure: { ...refusedWith(2).failure, httpStatus: 500 },
      } as const,
    ],
  ])('after %s keeps slot and money until Meta can be asked', async (_name, outcome) => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const slot = await ledger.slot(message.person);
    await settled(message, outcome);
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'unknown', due_at: new Date(ledger.nowMs + FIRST_LOOK_MS) });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 100, spent: 0 });
    expect(await ledger.slot(message.person)).toEqual(slot);
  });

  it('is resolved by a late answer, whoever brings it', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await ledger.owner.query(`UPDATE sends SET begun_wall_at = now() - interval '61 seconds' WHERE campaign_id = $1`, [
      message.campaign.campaignId,
    ]);
    expect(await sweepAll(ledger.worker)).toBe(1);
    expect(await state(message)).toBe('unknown');
    await ledger.claim(message.campaign);
    const slice = await settled(message, { kind: 'accepted', trackingId: 't-late' });
    expect(slice).toMatchObject({ isFencedOff: true, begun: [] });
    expect(await ledger.send(message.campaign, message.person)).toMatchObject({
      state: 'accepted',
      tracking_id: 't-late',
      due_at: null,
    });
  });

  it('fails by a late refusal: the money comes back, the slot stays', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, { kind: 'unknown', reason: 'timeout' });
    const slot = await ledger.slot(message.person);
    await settled(message, refusedWith(2_300_055));
    expect(await state(message)).toBe('failed');
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledger.slot(message.person)).toEqual(slot);
  });

  it('is not made worse by a second unknown answer', async () => {
    const message = await begunMessage();
    await settled(message, { kind: 'unknown', reason: 'timeout' });
    await settled(message, { kind: 'unknown', reason: 'connection_lost' });
    expect(await ledgerOf().history(message.begun.after.id)).toEqual(['queued', 'claimed', 'sending', 'unknown']);
  });
});

describe('An answer', () => {
  it('that comes twice changes nothing the second time', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, { kind: 'accepted', trackingId: 't-1' });
    await ledger.advance(1_000);
    await settled(message, { kind: 'accepted', trackingId: 't-2' });
    await settled(message, refusedWith(2_300_004));
    const send = await ledger.send(message.campaign, message.person);
    expect(send).toMatchObject({ state: 'accepted', tracking_id: 't-1', accepted_at: new Date(ledger.nowMs - 1_000) });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 100, spent: 0 });
  });

  it('of another attempt is no answer to this one', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, refusedWith(2_300_055));
    await ledger.runner().run(message.campaign, 500);
    await ledger.advance(30 * 60_000);
    const again = await ledger.claimAndBegin(message.campaign);
    expect(at(again.begun, 0).after).toMatchObject({ begunFence: 1, claimNo: 2 });
    await settled(message, { kind: 'accepted', trackingId: 't-old' });
    expect(await state(message)).toBe('sending');
  });

  it('that nothing left puts the message back as it was', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    const slice = await settled(message, { kind: 'not_sent', reason: 'too_late' });
    expect(slice.settled).toMatchObject({ requeued: 1, effect: null });
    expect(await ledger.send(message.campaign, message.person)).toMatchObject({ state: 'queued', tries: 0 });
    expect(await ledger.slot(message.person)).toMatchObject({ holder: null });
  });

  it('that Meta cannot be reached stops the batch for a while', async () => {
    const message = await begunMessage();
    const slice = await settled(message, { kind: 'not_sent', reason: 'connection_failed' });
    expect(slice.settled.effect).toMatchObject({ kind: 'pacing', retryAfterMs: 10_000 });
    expect(await state(message)).toBe('queued');
  });

  it('that nothing can ever leave is final', async () => {
    const ledger = ledgerOf();
    const message = await begunMessage();
    await settled(message, { kind: 'unsendable', reason: 'cannot_be_decrypted' });
    expect(await ledger.send(message.campaign, message.person)).toMatchObject({
      state: 'failed',
      reason: 'cannot_be_decrypted',
    });
    expect(await ledger.money(message.campaign)).toEqual({ reserved: 0, spent: 0 });
  });
});
