import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OptInWish } from '../../src/opt-in/request-opt-in';
import { requestOptIn } from '../../src/opt-in/request-opt-in';
import { inTransaction } from '../../src/persistence/database';
import { DAY_MS, HOUR_MS, START_MS } from '../subscribers/world';
import { inboundSignal, optInRequestedSignal } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);

describe('askForOptIn', () => {
  let life: SubscriberLife;
  let topicId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    topicId = await life.world.addTopic('New arrivals');
  });
  beforeEach(async () => {
    life.asked.length = 0;
    await life.world.setClock(START_MS);
  });
  afterAll(() => life.end());

  const request = async (
    subscriberId: string,
    wish: Pick<OptInWish, 'whenNotAllowed' | 'expiresAtMs'>,
  ): Promise<string> => {
    const { requestId } = await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(subscriberId), topicId, ...wish }),
    );
    await life.wake(subscriberId, optInRequestedSignal, { requestId });
    return requestId;
  };
  const reaches = (requestId: string, state: string) =>
    eventually(async () => {
      expect(await life.world.row('opt_in_requests', requestId)).toMatchObject({ state });
    });

  it('asks inside the open window, once', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const requestId = await request(person, { whenNotAllowed: 'refuse' });
    await reaches(requestId, 'asked');

    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({
        stage: 'coolDown',
        consent: 'asked',
        mayAskAgain: [{ title: 'New arrivals', at: new Date(START_MS + 7 * DAY_MS).toISOString() }],
      });
    });
    expect(life.asked).toEqual([{ title: 'New arrivals', payload: `herald:${topicId}` }]);
  });

  it('waits for the person to open the window and asks at that moment', async () => {
    const person = await life.world.addPerson();
    const requestId = await request(person, { whenNotAllowed: 'wait' });
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ stage: 'askForOptIn', nextAt: null });
    });
    expect(await life.details(person)).toContain('waits to ask for *New arrivals* until the person writes (R-01)');
    expect(life.asked).toEqual([]);

    await life.world.personWrites(person, START_MS);
    await life.wake(person, inboundSignal, { at: new Date(START_MS).toISOString() });
    await reaches(requestId, 'asked');
    expect(life.asked).toHaveLength(1);
  });

  it('gives up at its end when the window never opens, and the workflow ends', async () => {
    const person = await life.world.addPerson();
    const requestId = await request(person, { whenNotAllowed: 'wait', expiresAtMs: START_MS + DAY_MS });
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ nextAt: new Date(START_MS + DAY_MS).toISOString() });
    });

    await life.moveClock(person, START_MS + DAY_MS);
    await life.handle(person).result();
    expect(await life.world.row('opt_in_requests', requestId)).toMatchObject({ state: 'expired' });
    expect(life.asked).toEqual([]);
  });

  it('waits out the cool-down of the title and asks then', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + 10 * DAY_MS });
    await reaches(await request(person, { whenNotAllowed: 'refuse' }), 'asked');
    const second = await request(person, { whenNotAllowed: 'wait' });
    await eventually(async () => {
      expect(await life.details(person)).toContain('waits to ask for *New arrivals* until 29 Nov 09:00 UTC (R-03)');
    });

    await life.moveClock(person, START_MS + 7 * DAY_MS - 1);
    await life.moveClock(person, START_MS + 7 * DAY_MS);
    await reaches(second, 'asked');
    expect(life.asked).toHaveLength(2);
  });

  it('keeps a lost answer as unknown and never repeats it, even after the workflow was terminated', async () => {
    life.metaAnswers.push({ kind: 'unknown', reason: 'timeout' });
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const requestId = await request(person, { whenNotAllowed: 'wait' });
    await reaches(requestId, 'unknown');

    await life.handle(person).terminate();
    await life.wake(person);
    await eventually(async () => {
      expect(await life.view(person)).toMatchObject({ stage: 'coolDown', mayAskAgain: [{ title: 'New arrivals' }] });
    });
    expect(life.asked).toHaveLength(1);
  });

  it('tries again when nothing left for Meta', async () => {
    life.metaAnswers.push({ kind: 'not_sent', reason: 'connection_failed' });
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    await reaches(await request(person, { whenNotAllowed: 'refuse' }), 'asked');
    expect(life.asked).toHaveLength(2);
  });

  it('gives up a request whose worker died while it was sending', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const { requestId } = await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(person), topicId, whenNotAllowed: 'wait' }),
    );
    await life.world.sql(
      `UPDATE opt_in_requests SET state = 'sending', asked_at = $2, sending_since = now() - interval '1 minute'
        WHERE id = $1`,
      [requestId, new Date(START_MS)],
    );
    await life.wake(person);
    await reaches(requestId, 'unknown');
    expect(life.asked).toEqual([]);
  });

  it('is refused when the window closed before the workflow came to it', async () => {
    const person = await life.world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    await inTransaction(life.world.dataSource, (manager) =>
      requestOptIn(manager, { ...life.world.idsOf(person), topicId, whenNotAllowed: 'refuse' }),
    );
    await life.world.setClock(START_MS + HOUR_MS);
    await life.wake(person);
    await life.handle(person).result();
    expect(life.asked).toEqual([]);
  });
});
