import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OptInWish } from '../../../src/opt-in/request-opt-in';
import { requestOptIn } from '../../../src/opt-in/request-opt-in';
import { inTenantTransaction, inTransaction } from '../../../src/persistence/database';
import { recordOrderEvents } from '../../../src/sequences/record-order-events';
import {
  campaignOutcomeSignal,
  messageHeldSignal,
  optInRequestedSignal,
  optedInSignal,
  optedOutSignal,
} from '../../../workflows/subscriber/subscriber.contract';
import { DAY_MS, HOUR_MS, START_MS } from '../../subscribers/world';
import type { MetaAnswer } from '../../workflows/subscriber-life';
import { SubscriberLife, eventually } from '../../workflows/subscriber-life';
import { savePath } from './save-path';

jest.setTimeout(60_000);
const SLOT_MS = START_MS + DAY_MS;
const NOON = new Date(START_MS).toISOString();

/** Walks a person's workflow along each of its paths, on real servers, and saves what stands in its history. */
describe('Histories of the subscriber workflow', () => {
  let life: SubscriberLife;
  let campaignId: string;
  let topicId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    campaignId = await life.world.addCampaign();
    topicId = await life.world.addTopic('New arrivals');
    const send = { campaignId, content: { text: 'Thanks for {{order_id}}' }, purpose: 'promotional' };
    await life.world.addAutomation([{ ask: { topicId } }, { send }], { status: 'CONFIRMED' });
  });
  beforeEach(() => life.world.setClock(START_MS));
  afterEach(() => {
    life.ledger = (send) => life.takeSend(send, 'accepted');
    life.beforeLoad = () => Promise.resolve();
    life.idleAfterMs = null;
  });
  afterAll(() => life.end());

  const save = (path: string, person: string): Promise<void> => savePath(path, life.handle(person));
  const shows = (person: string, view: Record<string, unknown>): Promise<void> =>
    eventually(async () => {
      expect(await life.view(person)).toMatchObject(view);
    });
  const request = async (person: string, wish: Pick<OptInWish, 'whenNotAllowed' | 'expiresAtMs'>): Promise<string> => {
    const { requestId } = await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(person), topicId, ...wish }),
    );
    await life.wake(person, optInRequestedSignal, { requestId });
    return requestId;
  };
  const reaches = (requestId: string, state: string): Promise<void> =>
    eventually(async () => {
      expect(await life.world.row('opt_in_requests', requestId)).toMatchObject({ state });
    });
  const writer = (): Promise<string> => life.world.addPerson({ windowUntilMs: START_MS + 10 * DAY_MS });
  const optsIn = async (person: string): Promise<void> => {
    const inboxId = await life.world.personOptsIn(person, { atMs: START_MS + 1, token: `token-${person}`, topicId });
    await life.owe(person);
    await life.wake(person, optedInSignal, { inboxId, at: NOON });
  };
  const held = async (dueAtMs = SLOT_MS): Promise<{ person: string; sendId: string }> => {
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS - HOUR_MS });
    const sendId = await life.world.addSend(person, { state: 'held', campaignId, dueAtMs, ruleId: 'R-08' });
    await life.wake(person, messageHeldSignal, { sendId, campaignId, dueAt: new Date(dueAtMs).toISOString() });
    await shows(person, { stage: 'waitForSlot' });
    return { person, sendId };
  };

  it('records who is asked and opts in', async () => {
    const person = await writer();
    await reaches(await request(person, { whenNotAllowed: 'refuse' }), 'asked');
    await shows(person, { stage: 'coolDown' });
    await optsIn(person);
    await shows(person, { consent: 'granted', topics: ['New arrivals'] });
    await save('subscriber-opted-in', person);
  });

  it('records who ignores the request until it may be repeated', async () => {
    const person = await writer();
    await reaches(await request(person, { whenNotAllowed: 'refuse' }), 'asked');
    await shows(person, { stage: 'coolDown' });
    await life.moveClock(person, START_MS + 7 * DAY_MS);
    await life.handle(person).result();
    await save('subscriber-ignored-until-cool-down-over', person);
  });

  it('records a request that expires', async () => {
    const person = await life.world.addPerson();
    await request(person, { whenNotAllowed: 'wait', expiresAtMs: SLOT_MS });
    await shows(person, { stage: 'askForOptIn', nextAt: new Date(SLOT_MS).toISOString() });
    await life.moveClock(person, SLOT_MS);
    await life.handle(person).result();
    await save('subscriber-request-expired', person);
  });

  it('records a request that Meta refuses', async () => {
    const person = await writer();
    life.metaAnswers.push(REFUSED);
    await request(person, { whenNotAllowed: 'refuse' });
    await life.handle(person).result();
    await save('subscriber-request-refused-by-meta', person);
  });

  it('records a second request that waits for the cool-down of the first', async () => {
    const person = await writer();
    await reaches(await request(person, { whenNotAllowed: 'refuse' }), 'asked');
    const second = await request(person, { whenNotAllowed: 'wait' });
    await shows(person, { stage: 'askForOptIn' });
    await life.moveClock(person, START_MS + 7 * DAY_MS);
    await reaches(second, 'asked');
    await shows(person, { stage: 'coolDown' });
    await save('subscriber-asked-again-after-cool-down', person);
  });

  it('records a message that is held and sent at its slot, by the timer alone', async () => {
    const { person } = await held(START_MS + 1_500);
    await life.world.setClock(START_MS + 1_500);
    await shows(person, { stage: 'idle', held: [] });
    await save('subscriber-held-sent-at-slot', person);
  });

  it('records a held message whose campaign ends first', async () => {
    const { person, sendId } = await held();
    await life.world.sql(`UPDATE sends SET state = 'cancelled', due_at = NULL WHERE id = $1`, [sendId]);
    await life.owe(person);
    await life.wake(person, campaignOutcomeSignal, { campaignId, state: 'cancelled' });
    await shows(person, { stage: 'idle', held: [] });
    await save('subscriber-held-cancelled', person);
  });

  it('records a message that stays where it was and is tried again', async () => {
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS - HOUR_MS });
    life.ledger = (send) => life.takeSend(send, 'queued');
    await life.world.addSend(person, { state: 'queued' });
    await life.wake(person);
    await shows(person, { stage: 'waitForSlot', nextAt: new Date(START_MS + 1_000).toISOString() });
    life.ledger = (send) => life.takeSend(send, 'accepted');
    await life.moveClock(person, START_MS + 1_000);
    await shows(person, { stage: 'idle', held: [] });
    await save('subscriber-held-tried-again', person);
  });

  it('records who opts out while a message is held', async () => {
    const { person } = await held();
    await life.world.personOptsOut(person, START_MS);
    await life.wake(person, optedOutSignal, { at: NOON, source: 'webhook' });
    await life.handle(person).result();
    await save('subscriber-opted-out', person);
  });

  it('records the way of an order from its event to its message', async () => {
    const person = await writer();
    const { workspaceId, pageId } = life.world;
    const report = { source: 'shop', orderId: '1042', status: 'CONFIRMED', pageId, subscriberId: person };
    const { owed } = await inTenantTransaction(life.world.api, workspaceId, (manager) =>
      recordOrderEvents(manager, life.world.keys, {
        workspaceId,
        events: [{ ...report, occurredAtMs: START_MS }],
        dryRun: false,
      }),
    );
    for (const { signal, args } of owed) await life.wake(person, { name: signal }, args);
    await shows(person, { stage: 'sequence' });
    await optsIn(person);
    await eventually(async () => {
      expect(await life.world.sql('SELECT state FROM automation_runs WHERE subscriber_id = $1', [person])).toEqual([
        { state: 'done' },
      ]);
    });
    await save('subscriber-order-event', person);
  });

  it('records a person who is erased', async () => {
    const { person } = await held();
    await life.world.sql('DELETE FROM subscribers WHERE id = $1', [person]);
    await life.wake(person);
    await life.handle(person).result();
    await save('subscriber-erased', person);
  });

  it('records an idle person whose workflow ends though consent lasts', async () => {
    life.idleAfterMs = 300;
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS });
    await life.wake(person);
    await life.handle(person).result();
    await save('subscriber-idle-end', person);
  });

  it('records a run that has grown and continues as new', async () => {
    const { person } = await held();
    const { runId } = await life.handle(person).describe();
    await eventually(async () => {
      await life.owe(person);
      await life.wake(person);
      expect((await life.handle(person).describe()).runId).not.toBe(runId);
    });
    await savePath(
      'subscriber-continued-as-new',
      life.client.workflow.getHandle(life.handle(person).workflowId, runId),
    );
  });

  it('records a database that is down', async () => {
    life.beforeLoad = () => Promise.reject(new Error('the database is down'));
    const person = await life.world.addPerson({ consent: 'granted', consentAtMs: START_MS });
    await life.wake(person);
    await eventually(async () => {
      expect((await life.handle(person).describe()).raw.pendingActivities ?? []).toHaveLength(1);
    });
    life.beforeLoad = () => Promise.resolve();
    await shows(person, { consent: 'granted' });
    await save('subscriber-database-down', person);
  });
});

const REFUSED: MetaAnswer = {
  kind: 'refused',
  error: { code: 230, httpStatus: 400, type: 'OAuthException', isTransient: false, speaksOfMoney: false },
  usage: { percent: 0, regainAfterMs: 0 },
};
