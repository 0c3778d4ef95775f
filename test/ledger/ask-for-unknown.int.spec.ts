import { describe, expect, it } from '@jest/globals';
import type { NotificationToken } from '../../src/graph-api/calls/notification-tokens';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { applyStatusEvents } from '../../src/ledger/apply-status-events';
import { askForUnknown } from '../../src/ledger/ask-for-unknown';
import { assumeSent } from '../../src/ledger/sweep';
import { uuidV7 } from '../../src/security/uuid-v7';
import type { CampaignWish, StoredSend, TestCampaign } from '../support/ledger-builders';
import { DAY, HOUR, START_MS, answerTo, ledgerOfThisFile } from '../support/ledger-builders';
import { silent } from '../inbox/tables-under-test';
import { taken } from '../support/scripted-meta';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

const FIRST_LOOK_MS = 15 * 60_000 + 15_000;
const usage = { percent: 0, regainAfterMs: 0 };

type Answer = GraphResult<NotificationToken>;

const eligibleAt = (nextPaidAtMs?: number): Answer => ({
  kind: 'ok',
  usage,
  value: { token: 't', active: true, customAudienceIds: [], ...(nextPaidAtMs !== undefined && { nextPaidAtMs }) },
});
const refused = (code: number): Answer => ({
  kind: 'refused',
  usage,
  error: { code, httpStatus: 400, type: 'OAuthException', isTransient: false, speaksOfMoney: false },
});

/** Asks for all that is due. @returns the tokens that Meta was asked for */
const ask = (answer: Answer): Promise<string[]> => askWhile(answer, () => Promise.resolve());

/** @param meanwhile - happens before Meta's answer is there */
async function askWhile(answer: Answer, meanwhile: () => Promise<void>): Promise<string[]> {
  const { worker, envelope } = ledgerOf();
  const asked: string[] = [];
  const graph = {
    readNotificationToken: async ({ token }: { token: string }): Promise<Answer> => {
      asked.push(token);
      await meanwhile();
      return answer;
    },
  };
  await askForUnknown({ dataSource: worker, graph, envelope, logger: silent });
  return asked;
}

interface Lost {
  readonly campaign: TestCampaign;
  readonly person: string;
  readonly read: () => Promise<StoredSend>;
}

/** A paid message whose answer was lost, at the moment when Meta may be asked. */
async function lostAnswer(wish: CampaignWish = {}): Promise<Lost> {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1);
  const campaign = await ledger.addCampaign(pageOf(), wish);
  await ledger.choose(campaign, [person]);
  ledger.meta.says(() => ({ kind: 'unknown', reason: 'timeout' }));
  await ledger.runner().run(campaign, 500);
  ledger.meta.says();
  await ledger.advance(FIRST_LOOK_MS);
  return { campaign, person, read: () => ledger.send(campaign, person) };
}

describe('An unknown send whose person may be written to a spacing after its begin', () => {
  it("was accepted: its money stays reserved, and slot and next moment are Meta's", async () => {
    const { campaign, person, read } = await lostAnswer();
    const { begun_at: begunAt } = await read();
    expect(await ask(eligibleAt(START_MS + 12 * HOUR + 900))).toEqual([`token-${person}`]);
    expect(await read()).toMatchObject({ state: 'accepted', accepted_at: begunAt, due_at: null, reserved: true });
    expect(await ledgerOf().money(campaign)).toEqual({ reserved: 100, spent: 0 });
    expect((await ledgerOf().slot(person)).metaUntilMs).toBe(START_MS + 12 * HOUR + 900);
    expect(await ledgerOf().history((await read()).id)).toEqual([
      'queued',
      'claimed',
      'sending',
      'unknown',
      'accepted',
    ]);
  });
});

describe('An unknown send whose person might have been written to at its begin', () => {
  it('was not accepted: it failed, its money comes back and the slot stays', async () => {
    const { campaign, person, read } = await lostAnswer();
    const slot = await ledgerOf().slot(person);
    await ask(eligibleAt(START_MS - 3 * DAY));
    expect(await read()).toMatchObject({ state: 'failed', reason: 'not_accepted', due_at: null, reserved: false });
    expect(await ledgerOf().money(campaign)).toEqual({ reserved: 0, spent: 0 });
    expect(await ledgerOf().slot(person)).toEqual(slot);
  });

  it('gives a campaign that waits for money some back, and wakes it', async () => {
    const { campaign } = await lostAnswer({ row: { reason: 'budget_exhausted' } });
    const before = await ledgerOf().wakes(campaign.campaignId);
    await ask(eligibleAt(START_MS - DAY));
    expect(await ledgerOf().wakes(campaign.campaignId)).toBe(before + 1);
  });

  it('may be chosen again', async () => {
    const { campaign, person, read } = await lostAnswer();
    await ask(eligibleAt(START_MS - DAY));
    expect(await ledgerOf().choose(campaign, [person])).toMatchObject({ received: 1, duplicates: 0 });
    expect((await read()).state).toBe('queued');
  });
});

describe('Asking for unknown sends', () => {
  it('does not begin before the trace must be there', async () => {
    const { read } = await lostAnswer();
    await ledgerOf().setNow(START_MS + FIRST_LOOK_MS - 1);
    expect(await ask(eligibleAt(START_MS - DAY))).toEqual([]);
    expect((await read()).state).toBe('unknown');
  });

  it('asks once where Meta has no such moment: the send counts as sent after its day', async () => {
    const { read } = await lostAnswer();
    await ask(eligibleAt());
    expect(await read()).toMatchObject({ state: 'unknown', due_at: new Date(START_MS + DAY) });
    await ledgerOf().advance(HOUR);
    expect(await ask(eligibleAt())).toEqual([]);
    await ledgerOf().setNow(START_MS + DAY);
    await assumeSent(ledgerOf().worker);
    expect(await read()).toMatchObject({ state: 'assumed_sent', due_at: null });
  });

  it('asks again later where Meta could not be asked, and not behind the end of the wait', async () => {
    const { read } = await lostAnswer();
    await ask({ kind: 'unknown', reason: 'timeout' });
    expect((await read()).due_at).toEqual(new Date(ledgerOf().nowMs + 15 * 60_000));
    await ledgerOf().setNow(START_MS + DAY - 1_000);
    await ask(refused(190));
    expect((await read()).due_at).toEqual(new Date(START_MS + DAY));
  });

  it('asks no more for a token that is gone at Meta', async () => {
    const { read } = await lostAnswer();
    await ask(refused(100));
    expect(await read()).toMatchObject({ state: 'unknown', due_at: new Date(START_MS + DAY) });
  });

  it('asks for nobody whose token is erased or cannot be opened, and goes on with the others', async () => {
    const { read, person } = await lostAnswer();
    const other = await lostAnswer();
    await ledgerOf().owner.query(`UPDATE subscriber_tokens SET sealed = '\\x00' WHERE subscriber_id = $1`, [person]);
    expect(await ask(eligibleAt(START_MS + 12 * HOUR))).toEqual([`token-${other.person}`]);
    expect(await read()).toMatchObject({ state: 'unknown', due_at: new Date(START_MS + DAY) });
    expect((await other.read()).state).toBe('accepted');
  });

  it('changes nothing where evidence came while it asked', async () => {
    const { campaign, person, read } = await lostAnswer();
    const ledger = ledgerOf();
    const delivered = {
      inboxId: uuidV7(),
      pageId: pageOf(),
      state: 'delivered' as const,
      trackingId: null,
      tokenHash: ledger.tokenHash(pageOf(), person),
      metaCampaignId: campaign.metaCampaignId,
      atMs: START_MS,
    };
    await askWhile(eligibleAt(START_MS - DAY), async () => {
      await ledger.asWorker((manager) => applyStatusEvents(manager, ledger.workspaceId, [delivered], []));
    });
    expect(await read()).toMatchObject({ state: 'delivered' });
    expect(await ledger.money(campaign)).toEqual({ reserved: 0, spent: 100 });
  });

  it('takes no later message for the lost one', async () => {
    const lost = await lostAnswer();
    const ledger = ledgerOf();
    await ledger.advance(20 * HOUR);
    const second = await ledger.addCampaign(pageOf());
    await ledger.choose(second, [lost.person]);
    const { batch, begun } = await ledger.claimAndBegin(second);
    await ledger.settle(
      second,
      batch,
      begun.map(({ after }) => answerTo(after, taken())),
    );
    await ask(eligibleAt(ledger.nowMs + 12 * HOUR));
    expect(await lost.read()).toMatchObject({ state: 'unknown', due_at: new Date(START_MS + DAY) });
  });

  it('leaves what went inside the window to its day: Meta keeps no trace of it', async () => {
    const lost = await lostAnswer();
    await ledgerOf().owner.query(
      `UPDATE sends SET lane = 'window', due_at = begun_at + interval '24 hours' WHERE campaign_id = $1`,
      [lost.campaign.campaignId],
    );
    expect(await ask(eligibleAt(START_MS - DAY))).toEqual([]);
    expect((await lost.read()).state).toBe('unknown');
  });
});
