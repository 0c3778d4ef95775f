import { describe, expect, it } from '@jest/globals';
import { carrySpacing } from '../../src/ledger/carry-spacing';
import { claimBatch } from '../../src/ledger/claim';
import { lockPeople, storeMetaWords } from '../../src/ledger/people';
import { holdOpen, someoneWaits } from '../support/barrier';
import type { TestCampaign } from '../support/ledger-builders';
import { HOUR, answerTo, at, ledgerOfThisFile } from '../support/ledger-builders';
import { meetingOf } from './meeting';
import { giveSlotBackAnyway, storeMetaWordAsItComes, takeSlotAfterLook } from './naive/slots';

const { ledger: ledgerOf, pageId: pageOf } = ledgerOfThisFile();

/** Two campaigns that both want one person. */
async function rivals(): Promise<{ person: string; one: TestCampaign; other: TestCampaign }> {
  const ledger = ledgerOf();
  const [person = ''] = await ledger.addPeople(pageOf(), 1);
  const [one, other] = [await ledger.addCampaign(pageOf()), await ledger.addCampaign(pageOf())];
  for (const campaign of [one, other]) await ledger.choose(campaign, [person]);
  return { person, one, other };
}

describe('A slot that two campaigns want at once (protocol §4)', () => {
  it('goes to one of them, and holds the other', async () => {
    const ledger = ledgerOf();
    const { one, other } = await rivals();
    const parts = { contents: ledger.contents, holdWorkflowMax: 0 };
    const first = await holdOpen(ledger.worker, (manager) => claimBatch(manager, parts, one, 500));
    const second = ledger.claim(other);
    await someoneWaits(ledger.owner);
    await first.commit();
    expect(first.result).toMatchObject({ claimed: 1 });
    expect(await second).toMatchObject({ claimed: 0, held: 1 });
  });

  it('would go to both by a look before the lock', async () => {
    const ledger = ledgerOf();
    const { person } = await rivals();
    const meet = meetingOf(2);
    const taken = await Promise.all(
      [1, 2].map(() => ledger.asWorker((manager) => takeSlotAfterLook(manager, person, meet))),
    );
    expect(taken).toEqual([true, true]);
  });
});

describe('A claim that is given back after another has taken the slot (protocol §4)', () => {
  /** Claimed, overslept into the next day; meanwhile another campaign began. */
  async function overtaken() {
    const ledger = ledgerOf();
    const { person, one, other } = await rivals();
    const old = await ledger.claim(one);
    await ledger.advance(15 * HOUR);
    const { begun } = await ledger.claimAndBegin(other);
    return { person, one, old, holder: at(begun, 0).after.id, untilMs: (await ledger.slot(person)).untilMs };
  }

  it('leaves the slot to the other', async () => {
    const ledger = ledgerOf();
    const { person, one, old, holder, untilMs } = await overtaken();
    expect((await ledger.begin(one, old.batch)).begun).toEqual([]);
    expect(await ledger.slot(person)).toMatchObject({ holder, untilMs });
  });

  it('would free it under the other where nobody asks who holds it', async () => {
    const ledger = ledgerOf();
    const { person, holder, untilMs } = await overtaken();
    await ledger.asWorker((manager) => giveSlotBackAnyway(manager, person, null));
    expect(await ledger.slot(person)).toMatchObject({ holder: null, untilMs: null });
    await ledger.owner.query(`UPDATE subscribers SET paid_slot_send = $2, paid_slot_until = $3 WHERE id = $1`, [
      person,
      holder,
      new Date(untilMs ?? 0),
    ]);
  });
});

describe('A token that moves to another row of the same human (protocol §4)', () => {
  const SPACING = 12 * HOUR;

  /** As an opt-in or an import moves it: both rows are locked. */
  const move = (from: string, to: string): Promise<void> =>
    ledgerOf().asWorker(async (manager) => {
      const { workspaceId } = ledgerOf();
      await lockPeople(manager, workspaceId, [from, to]);
      await carrySpacing(manager, workspaceId, [{ from, to }]);
    });

  /** A row with a token each, and a campaign each; slots end after the spacing, not at midnight. */
  async function twoRows() {
    const ledger = ledgerOf();
    const pageId = await ledger.addPage({ oneMessagePerLocalDay: false });
    const [old = '', named = ''] = await ledger.addPeople(pageId, 2);
    const [toOld, toNamed] = [await ledger.addCampaign(pageId), await ledger.addCampaign(pageId)];
    await ledger.choose(toOld, [old]);
    await ledger.choose(toNamed, [named]);
    return { old, named, toOld, toNamed };
  }

  it('holds the next message until the slot of the old row ends', async () => {
    const ledger = ledgerOf();
    const { old, named, toOld, toNamed } = await twoRows();
    const untilMs = ledger.nowMs + SPACING;
    await ledger.claimAndBegin(toOld);
    await ledger.advance(HOUR);
    await move(old, named);
    expect(await ledger.claim(toNamed)).toMatchObject({ claimed: 0, held: 1 });
    expect(await ledger.send(toNamed, named)).toMatchObject({ due_at: new Date(untilMs) });
  });

  it('keeps back what was claimed for the new row before, and gives its slot back to that of the old', async () => {
    const ledger = ledgerOf();
    const { old, named, toOld, toNamed } = await twoRows();
    const untilMs = ledger.nowMs + SPACING;
    await ledger.claimAndBegin(toOld);
    await ledger.advance(HOUR);
    const { batch } = await ledger.claim(toNamed);
    await move(old, named);
    expect((await ledger.begin(toNamed, batch)).begun).toEqual([]);
    expect(await ledger.send(toNamed, named)).toMatchObject({ state: 'queued' });
    expect(await ledger.slot(named)).toMatchObject({ untilMs, holder: null });
  });

  it('gives back to the later slot of the old row when Meta took nothing for the new one', async () => {
    const ledger = ledgerOf();
    const { old, named, toOld, toNamed } = await twoRows();
    const { batch, begun } = await ledger.claimAndBegin(toNamed);
    await ledger.advance(HOUR / 60);
    await ledger.claimAndBegin(toOld);
    const untilMs = ledger.nowMs + SPACING;
    await move(old, named);
    expect(await ledger.slot(named)).toMatchObject({ untilMs, holder: at(begun, 0).after.id });
    await ledger.settle(toNamed, batch, [answerTo(at(begun, 0).after, { kind: 'not_sent', reason: 'late' })]);
    expect(await ledger.slot(named)).toMatchObject({ untilMs, holder: null });
  });

  it('leaves what the old row gives back to the old row', async () => {
    const ledger = ledgerOf();
    const { old, named, toOld } = await twoRows();
    const untilMs = ledger.nowMs + SPACING;
    const { batch, begun } = await ledger.claimAndBegin(toOld);
    await move(old, named);
    await ledger.settle(toOld, batch, [answerTo(at(begun, 0).after, { kind: 'not_sent', reason: 'late' })]);
    expect(await ledger.slot(old)).toMatchObject({ untilMs: null, holder: null });
    expect(await ledger.slot(named)).toMatchObject({ untilMs, holder: null });
  });
});

describe("Two words of Meta's about one person at once (protocol §4)", () => {
  const LATE = 5 * HOUR;
  const word = (subscriberId: string, hours: number) => [
    { subscriberId, paidUntilMs: ledgerOf().nowMs + hours * HOUR, ruleId: 'R-08' as const },
  ];

  it('leave the later one, whichever comes last', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const first = await holdOpen(ledger.worker, (manager) =>
      storeMetaWords(manager, ledger.workspaceId, word(person, 5)),
    );
    const second = ledger.asWorker((manager) => storeMetaWords(manager, ledger.workspaceId, word(person, 1)));
    await someoneWaits(ledger.owner);
    await first.commit();
    await second;
    expect((await ledger.slot(person)).metaUntilMs).toBe(ledger.nowMs + LATE);
  });

  it('would leave the last one as it comes', async () => {
    const ledger = ledgerOf();
    const [person = ''] = await ledger.addPeople(pageOf(), 1);
    const until = (hours: number) => new Date(ledger.nowMs + hours * HOUR);
    const first = await holdOpen(ledger.worker, (manager) => storeMetaWordAsItComes(manager, person, until(5)));
    const second = ledger.asWorker((manager) => storeMetaWordAsItComes(manager, person, until(1)));
    await someoneWaits(ledger.owner);
    await first.commit();
    await second;
    expect((await ledger.slot(person)).metaUntilMs).toBe(ledger.nowMs + HOUR);
  });
});
