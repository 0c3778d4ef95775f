import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { requestOptIn } from '../../src/opt-in/request-opt-in';
import { inTenantTransaction, inTransaction } from '../../src/persistence/database';
import { optOutByApi } from '../../src/subscribers/opt-out';
import { HOUR_MS, START_MS } from '../subscribers/world';
import { optInRequestedSignal, optedInSignal, optedOutSignal } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);

describe('optOut', () => {
  let life: SubscriberLife;
  let campaignId: string;
  let topicId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    campaignId = await life.world.addCampaign();
    topicId = await life.world.addTopic('New arrivals');
  });
  beforeEach(() => life.world.setClock(START_MS));
  afterAll(() => life.end());

  const heldPerson = async (): Promise<{ readonly person: string; readonly sendId: string }> => {
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS - HOUR_MS });
    const sendId = await life.world.addSend(person, { state: 'held', campaignId, dueAtMs: START_MS + HOUR_MS });
    await life.wake(person);
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ stage: 'waitForSlot' });
    });
    return { person, sendId };
  };

  it('cancels messages, requests and runs that wait, and the workflow ends', async () => {
    const { person, sendId } = await heldPerson();
    const { requestId } = await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(person), topicId, whenNotAllowed: 'wait' }),
    );
    await life.world.personOptsOut(person, START_MS);
    await life.wake(person, optedOutSignal, { at: new Date(START_MS).toISOString(), source: 'webhook' });

    await life.handle(person).result();
    expect(await life.world.row('sends', sendId)).toMatchObject({ state: 'cancelled', rule_id: 'R-11' });
    expect(await life.world.row('opt_in_requests', requestId)).toMatchObject({ state: 'cancelled' });
    expect(await life.world.row('subscribers', person)).toMatchObject({ workflow_open: false, awaits_inbound: false });
    expect(await life.world.waitOf(person)).toMatchObject({ next_due_at: null });
    expect(life.sent).toEqual([]);
  });

  it('cancels all the same when the signal was lost and the slot comes', async () => {
    const { person, sendId } = await heldPerson();
    await life.world.personOptsOut(person, START_MS);
    await life.moveClock(person, START_MS + HOUR_MS);

    await life.handle(person).result();
    expect(await life.world.row('sends', sendId)).toMatchObject({ state: 'cancelled' });
    expect(life.sent).toEqual([]);
  });

  it('cancels what waited before a person came back, and keeps the consent they gave then', async () => {
    const { person, sendId } = await heldPerson();
    await life.stopWorkers();
    await life.world.personOptsOut(person, START_MS);
    await life.world.personOptsIn(person, { atMs: START_MS + HOUR_MS, token: 'token-back', topicId });
    await life.wake(person, optedOutSignal);
    await life.wake(person, optedInSignal);
    await life.startWorkers();

    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ consent: 'granted', topics: ['New arrivals'], held: [] });
    });
    expect(await life.world.row('sends', sendId)).toMatchObject({ state: 'cancelled' });
  });

  it('leaves alone what is asked for after it', async () => {
    const person = await life.world.addPerson();
    await life.world.personOptsOut(person, START_MS - HOUR_MS);
    await life.wake(person, optedOutSignal);
    await life.handle(person).result();

    await life.world.personWrites(person, START_MS);
    const { requestId } = await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(person), topicId, whenNotAllowed: 'refuse' }),
    );
    await life.wake(person, optInRequestedSignal, { requestId });
    await eventually(async () => {
      expect(await life.world.row('opt_in_requests', requestId)).toMatchObject({ state: 'asked' });
    });
  });

  it('by the API writes row, proof, the word to Meta and the wake at once', async () => {
    const { person } = await heldPerson();
    const { workspaceId } = life.world;
    const { applied, owed } = await inTenantTransaction(life.world.api, workspaceId, (manager) =>
      optOutByApi(manager, { workspaceId, subscriberId: person, nowMs: START_MS }),
    );
    expect(applied).toBe(true);
    expect(owed).toMatchObject([{ ownerId: person, signal: 'optedOut', args: { source: 'api' } }]);
    expect(await life.world.row('subscribers', person)).toMatchObject({ consent: 'revoked' });
    const told = await life.world.sql(`SELECT kind FROM outbox WHERE owner_id = $1 AND kind = 'unsubscribe'`, [person]);
    expect(told).toHaveLength(1);

    await life.wake(person, optedOutSignal);
    await life.handle(person).result();
  });
});
