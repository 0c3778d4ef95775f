import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import { HOUR_MS, START_MS } from '../subscribers/world';
import { timerSummaries } from './history';
import {
  campaignOutcomeSignal,
  messageHeldSignal,
  messageRequestedSignal,
} from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);
const SLOT_MS = START_MS + 24 * HOUR_MS;

describe('waitForSlot', () => {
  let life: SubscriberLife;
  let campaignId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    campaignId = await life.world.addCampaign();
  });
  beforeEach(async () => {
    await life.world.setClock(START_MS);
    life.sent.length = 0;
    life.ledger = (send) => life.takeSend(send, 'accepted');
  });
  afterAll(() => life.end());

  const someone = () => life.world.addPerson({ consent: 'granted', token: `token-${uuidV7()}` });
  const heldFor = (person: string, dueAtMs: number) =>
    life.world.addSend(person, { state: 'held', campaignId, dueAtMs, ruleId: 'R-08' });
  const shows = (person: string, view: Record<string, unknown>) =>
    eventually(async () => {
      expect(await life.view(person)).toMatchObject(view);
    });

  it('waits with one timer for the earliest slot, and shows what it waits for', async () => {
    const person = await someone();
    await heldFor(person, SLOT_MS + HOUR_MS);
    const sendId = await heldFor(person, SLOT_MS);
    await life.wake(person, messageHeldSignal, { sendId, campaignId, dueAt: null });
    await shows(person, { stage: 'waitForSlot', nextAt: new Date(SLOT_MS).toISOString() });

    expect(await timerSummaries(life.handle(person))).toEqual([expect.stringContaining('next slot 23 Nov 09:00 UTC')]);
    expect(await life.details(person)).toContain('2 messages held; next slot 23 Nov 09:00 UTC (R-08)');
    const { typedSearchAttributes } = await life.handle(person).describe();
    expect(typedSearchAttributes.getAll()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ value: 'R-08' }),
        expect.objectContaining({ value: new Date(SLOT_MS) }),
      ]),
    );
    expect(life.sent).toEqual([]);
  });

  it('sends at the slot, by the ledger', async () => {
    const person = await someone();
    const sendId = await heldFor(person, SLOT_MS);
    await life.wake(person);
    await shows(person, { stage: 'waitForSlot' });

    await life.moveClock(person, SLOT_MS - 1);
    await life.moveClock(person, SLOT_MS);
    await shows(person, { stage: 'idle', held: [], nextAt: null });
    const { workspaceId, pageId } = life.world;
    expect(life.sent).toEqual([{ workspaceId, pageId, campaignId, sendId }]);
  });

  it('waits for the next slot when the ledger holds the message again', async () => {
    const person = await someone();
    await heldFor(person, SLOT_MS);
    life.ledger = (send) => life.takeSend(send, 'held', SLOT_MS + 12 * HOUR_MS);
    await life.wake(person);
    await life.moveClock(person, SLOT_MS);
    await shows(person, { stage: 'waitForSlot', nextAt: new Date(SLOT_MS + 12 * HOUR_MS).toISOString() });
    expect(life.sent).toHaveLength(1);
  });

  it('stops waiting when the campaign ends first', async () => {
    const person = await someone();
    const sendId = await heldFor(person, SLOT_MS);
    await life.wake(person);
    await shows(person, { stage: 'waitForSlot' });

    await life.world.sql(`UPDATE sends SET state = 'cancelled', due_at = NULL WHERE id = $1`, [sendId]);
    await life.owe(person);
    await life.wake(person, campaignOutcomeSignal, { campaignId, state: 'cancelled' });
    await shows(person, { stage: 'idle', held: [], nextAt: null });
    await life.moveClock(person, SLOT_MS);
    expect(life.sent).toEqual([]);
  });

  it('leaves a message of a paused campaign to the campaign', async () => {
    const paused = await life.world.addCampaign('paused');
    const person = await someone();
    await life.world.addSend(person, { state: 'held', campaignId: paused, dueAtMs: START_MS, ruleId: 'R-08' });
    await life.wake(person);
    await shows(person, { stage: 'waitForSlot', nextAt: null });
    expect(life.sent).toEqual([]);
  });

  it('waits for the slot while the campaign populates, and sends then if it is active', async () => {
    const populating = await life.world.addCampaign('populating');
    const person = await someone();
    const sendId = await life.world.addSend(person, {
      state: 'held',
      campaignId: populating,
      dueAtMs: SLOT_MS,
      ruleId: 'R-08',
    });
    await life.wake(person, messageHeldSignal, { sendId, campaignId: populating, dueAt: null });
    await shows(person, { stage: 'waitForSlot', nextAt: new Date(SLOT_MS).toISOString() });

    await life.world.sql(`UPDATE campaigns SET state = 'active' WHERE id = $1`, [populating]);
    await life.moveClock(person, SLOT_MS);
    await shows(person, { stage: 'idle', held: [] });
    expect(life.sent).toMatchObject([{ sendId }]);
  });

  it('sends a message that was asked for this person alone at once', async () => {
    const person = await someone();
    const sendId = await life.world.addSend(person, { state: 'queued' });
    await life.owe(person);
    await life.wake(person, messageRequestedSignal, { sendId, campaignId: life.world.hiddenCampaignId });
    await eventually(() => {
      expect(life.sent).toMatchObject([{ sendId }]);
    });
  });

  it('leaves people whom a call to a campaign chose to its batches', async () => {
    const person = await someone();
    await life.world.addSend(person, { state: 'queued', campaignId, choiceId: uuidV7() });
    await life.wake(person);
    await shows(person, { stage: 'idle', held: [] });
    expect(life.sent).toEqual([]);
  });

  it('tries a message that stays where it was again, a little later each time', async () => {
    const person = await someone();
    await life.world.addSend(person, { state: 'queued' });
    life.ledger = (send) => life.takeSend(send, 'queued');
    await life.wake(person);
    await eventually(() => {
      expect(life.sent).toHaveLength(1);
    });
    await shows(person, { stage: 'waitForSlot', nextAt: new Date(START_MS + 1_000).toISOString() });
    await life.moveClock(person, START_MS + 1_000);
    await shows(person, { nextAt: new Date(START_MS + 3_000).toISOString() });
    life.ledger = (send) => life.takeSend(send, 'accepted');
    await life.moveClock(person, START_MS + 3_000);
    await shows(person, { stage: 'idle', held: [] });
    expect(life.sent).toHaveLength(3);
  });

  it('shows what became of the last campaign, as of its time', async () => {
    const person = await someone();
    await life.world.addSend(person, { state: 'refused', campaignId, ruleId: 'R-08', dueAtMs: SLOT_MS });
    await life.wake(person, campaignOutcomeSignal, { campaignId, state: 'refused', ruleId: 'R-08' });
    await shows(person, {
      lastOutcome: { campaignId, state: 'refused', ruleId: 'R-08', slotOpensAt: new Date(SLOT_MS).toISOString() },
    });
    expect(await life.details(person)).toContain(
      `last campaign ${campaignId}: refused by R-08 as of 22 Nov 09:00 UTC, possible again 23 Nov 09:00 UTC`,
    );
  });
});
