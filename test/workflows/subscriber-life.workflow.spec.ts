import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DAY_MS, HOUR_MS, START_MS } from '../subscribers/world';
import { timerSummaries } from './history';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { messageHeldSignal } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);

describe('The life of a subscriber workflow', () => {
  let life: SubscriberLife;
  let campaignId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    campaignId = await life.world.addCampaign();
  });
  beforeEach(() => life.world.setClock(START_MS));
  afterEach(() => {
    life.beforeClose = () => Promise.resolve();
  });
  afterAll(() => life.end());

  const heldPerson = async (): Promise<string> => {
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS - HOUR_MS });
    await life.world.addSend(person, { state: 'held', campaignId, dueAtMs: START_MS + DAY_MS, ruleId: 'R-08' });
    return person;
  };
  const waits = (person: string) =>
    eventually(async () => {
      expect(await life.view(person)).toMatchObject({
        stage: 'waitForSlot',
        nextAt: new Date(START_MS + DAY_MS).toISOString(),
      });
    });

  it('ends at once for a person of whom nothing is known and nothing waits', async () => {
    const person = await life.world.addPerson();
    await life.owe(person);
    await life.wake(person);
    await life.handle(person).result();
    expect(await life.world.row('subscribers', person)).toMatchObject({ workflow_open: false });
    expect(await life.world.waitOf(person)).toMatchObject({ wake_seq: 1, acted_seq: 1 });
  });

  it('begins again with the next event', async () => {
    const person = await life.world.addPerson();
    await life.wake(person);
    await life.handle(person).result();
    await life.world.addSend(person, { state: 'held', campaignId, dueAtMs: START_MS + DAY_MS });
    await life.wake(person, messageHeldSignal);
    await waits(person);
  });

  it('does not end when something is owed at the moment of the last comparison', async () => {
    const person = await life.world.addPerson();
    let owed = false;
    life.beforeClose = async () => {
      if (owed) return;
      owed = true;
      await life.world.addSend(person, { state: 'held', campaignId, dueAtMs: START_MS + DAY_MS });
      await life.owe(person);
    };
    await life.wake(person);
    await eventually(() => {
      expect(owed).toBe(true);
    });
    await life.wake(person, messageHeldSignal);
    await waits(person);
    expect(await life.world.row('subscribers', person)).toMatchObject({ workflow_open: true });
  });

  it('ends for a person who was erased, and is owed nothing more', async () => {
    const person = await heldPerson();
    await life.wake(person);
    await waits(person);
    await life.world.sql('DELETE FROM subscribers WHERE id = $1', [person]);
    await life.wake(person);
    await life.handle(person).result();
    expect(await life.world.waitOf(person)).toBeNull();
  });

  it('heals after it was terminated: the next wake finds everything in the rows', async () => {
    const person = await heldPerson();
    await life.wake(person);
    await waits(person);
    await life.handle(person).terminate('an operator');
    await life.wake(person);
    await waits(person);
    expect(await timerSummaries(life.handle(person))).toHaveLength(1);
  });

  it('acts at the due time although every signal and the workflow itself were lost', async () => {
    const person = await heldPerson();
    await life.wake(person);
    await waits(person);
    await life.handle(person).terminate('an emptied Temporal');
    await life.world.setClock(START_MS + DAY_MS);
    await life.wake(person, refreshSignal);
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ stage: 'idle', held: [] });
    });
  });

  it('hands over before it acts once its history is too long to act on', async () => {
    const person = await life.world.addPerson();
    await life.owe(person);
    await life.stopWorkers();
    // Four megabytes are from where on Temporal suggests it.
    for (let signals = 0; signals < 5; signals += 1)
      await life.wake(person, refreshSignal, { x: 'x'.repeat(1_000_000) });
    const { runId } = await life.handle(person).describe();
    await life.startWorkers();
    const first = life.client.workflow.getHandle(life.handle(person).workflowId, runId);
    await eventually(async () => {
      expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
    });
    await life.handle(person).result();
    expect(await life.world.waitOf(person)).toMatchObject({ wake_seq: 1, acted_seq: 1 });
  });

  it('understands a signal that only a newer release knows', async () => {
    const person = await heldPerson();
    await life.wake(person, { name: 'somethingNew' }, { id: 'x' });
    await waits(person);
  });

  it('ends for somebody for whom nothing happens where idle ones are closed, and begins again', async () => {
    life.idleAfterMs = 300;
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS });
    await life.wake(person);
    await life.handle(person).result();
    expect(await life.world.row('subscribers', person)).toMatchObject({ consent: 'granted', workflow_open: false });

    life.idleAfterMs = null;
    await life.world.addSend(person, { state: 'held', campaignId, dueAtMs: START_MS + DAY_MS });
    await life.wake(person, messageHeldSignal);
    await waits(person);
  });

  it('hands over to a new run at a small history, with the same timers and attributes', async () => {
    const person = await heldPerson();
    await life.wake(person);
    await waits(person);
    const first = (await life.handle(person).describe()).runId;
    await eventually(async () => {
      await life.owe(person);
      await life.wake(person);
      expect((await life.handle(person).describe()).runId).not.toBe(first);
    });
    await waits(person);

    const next = await life.handle(person).describe();
    expect(next.typedSearchAttributes.getAll().map(({ value }) => value)).toEqual(
      expect.arrayContaining([life.world.workspaceId, life.world.pageId, 'granted', 'R-08']),
    );
    expect(await timerSummaries(life.handle(person))).toEqual([expect.stringContaining('next slot')]);
    expect(next.historyLength).toBeLessThan(60);
  });
});
