import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inTenantTransaction } from '../../src/persistence/database';
import { recordOrderEvents } from '../../src/sequences/record-order-events';
import { DAY_MS, HOUR_MS, START_MS } from '../subscribers/world';
import { historyText } from './history';
import { inboundSignal, optedInSignal } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);

describe('A sequence of an order', () => {
  let life: SubscriberLife;
  let topicId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    const campaignId = await life.world.addCampaign();
    topicId = await life.world.addTopic('Order news');
    const steps = [
      { ask: { topicId } },
      { send: { campaignId, content: { text: 'Thanks for {{order_id}}' }, purpose: 'promotional' } },
    ];
    await life.world.addAutomation(steps, { status: 'CONFIRMED' });
  });
  beforeEach(async () => {
    await life.world.setClock(START_MS);
    life.asked.length = 0;
    life.sent.length = 0;
  });
  afterAll(() => life.end());

  const order = async (subscriberId: string, orderId: string, status: string, occurredAtMs = START_MS) => {
    const { workspaceId, pageId } = life.world;
    const report = { source: 'shop', orderId, status, pageId, subscriberId, occurredAtMs };
    const { results, owed } = await inTenantTransaction(life.world.api, workspaceId, (manager) =>
      recordOrderEvents(manager, life.world.keys, { workspaceId, events: [report], dryRun: false }),
    );
    for (const { signal, args } of owed) await life.wake(subscriberId, { name: signal }, args);
    return results[0];
  };
  const runOf = async (subscriberId: string) => {
    const [run] = await life.world.sql<{ state: string; step: number; reason: string | null }>(
      'SELECT state, step, reason FROM automation_runs WHERE subscriber_id = $1',
      [subscriberId],
    );
    return run;
  };
  const runIs = (subscriberId: string, expected: Record<string, unknown>) =>
    eventually(async () => {
      expect(await runOf(subscriberId)).toMatchObject(expected);
    });

  it('asks for the opt-in, and sends once the person has opted in', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    expect(await order(person, '1042', 'confirmed')).toMatchObject({ outcome: 'accepted' });
    await runIs(person, { state: 'waiting', step: 0 });
    await eventually(() => {
      expect(life.asked).toMatchObject([{ title: 'Order news' }]);
    });

    const optIn = await life.world.personOptsIn(person, { atMs: START_MS + 1, token: 'token-1042', topicId });
    await life.wake(person, optedInSignal, { inboxId: optIn, at: 'x' });
    await runIs(person, { state: 'done', step: 2 });
    expect(life.sent).toHaveLength(1);
    expect(await historyText(life.handle(person))).not.toContain('Thanks for');
  });

  it('holds the message until the slot of a person who has one taken', async () => {
    const person = await life.world.addPerson({
      windowUntilMs: START_MS + HOUR_MS,
      paidSlotUntilMs: START_MS + DAY_MS,
    });
    const optIn = await life.world.personOptsIn(person, { atMs: START_MS - 1, token: 'token-1043', topicId });
    await life.wake(person, optedInSignal, { inboxId: optIn, at: 'x' });
    await order(person, '1043', 'CONFIRMED');
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({
        stage: 'waitForSlot',
        held: [{ ruleId: 'R-08', dueAt: new Date(START_MS + DAY_MS).toISOString() }],
      });
    });
    expect(life.asked).toEqual([]);

    await life.moveClock(person, START_MS + DAY_MS);
    await runIs(person, { state: 'done', step: 2 });
  });

  it('ends when the person does not answer in seven days', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    await order(person, '1044', 'CONFIRMED');
    await runIs(person, { state: 'waiting' });
    await eventually(() => {
      expect(life.asked).toHaveLength(1);
    });
    await life.moveClock(person, START_MS + 7 * DAY_MS);
    await runIs(person, { state: 'expired', reason: 'no_opt_in' });
    await life.handle(person).result();
    expect(life.sent).toEqual([]);
  });

  it('ends when the order is cancelled, and nothing of it is sent', async () => {
    const person = await life.world.addPerson();
    await order(person, '1045', 'CONFIRMED');
    await runIs(person, { state: 'waiting' });
    expect(await order(person, '1045', 'Cancelled', START_MS + 1)).toMatchObject({ outcome: 'accepted' });

    await life.handle(person).result();
    expect(await runOf(person)).toMatchObject({ state: 'cancelled', reason: 'order_called_off' });
    await life.world.personWrites(person, START_MS);
    await life.wake(person, inboundSignal);
    await life.handle(person).result();
    expect(life.asked).toEqual([]);
  });
});
