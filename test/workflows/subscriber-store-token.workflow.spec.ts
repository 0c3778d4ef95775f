import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HOUR_MS, START_MS } from '../subscribers/world';
import { hasEvent, historyText } from './history';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { optedInSignal } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);

describe('storeToken', () => {
  let life: SubscriberLife;
  let topicId: string;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
    topicId = await life.world.addTopic('New arrivals');
  });
  afterAll(() => life.end());

  const acted = (person: string) =>
    eventually(async () => {
      const wait = await life.world.waitOf(person);
      expect(wait?.acted_seq).toBe(wait?.wake_seq);
    });

  it('stores the token of an opt-in, and the workflow stays open while consent lasts', async () => {
    const person = await life.world.addPerson();
    const inboxId = await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-1', topicId });
    await life.owe(person);
    await life.wake(person, optedInSignal, { inboxId, at: new Date(START_MS).toISOString() });
    await acted(person);

    expect(await life.view(person)).toMatchObject({ stage: 'idle', consent: 'granted', topics: ['New arrivals'] });
    expect(await life.details(person)).toBe(
      `opted in to *New arrivals*\n\nhttp://herald.test/v1/subscribers/${person}/timeline`,
    );
    expect(await life.world.row('subscribers', person)).toMatchObject({ consent: 'granted', workflow_open: true });
    const { status, typedSearchAttributes } = await life.handle(person).describe();
    expect(status.name).toBe('RUNNING');
    expect(typedSearchAttributes.getAll()).toEqual(
      expect.arrayContaining([expect.objectContaining({ value: 'granted' })]),
    );
  });

  it('leaves nothing personal in the history', async () => {
    const person = await life.world.addPerson();
    await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-2', topicId });
    await life.owe(person);
    await life.wake(person);
    await acted(person);

    const text = await historyText(life.handle(person));
    expect(text).toContain(person);
    for (const secret of ['secret-token', 'psid-', 'page-token']) expect(text).not.toContain(secret);
  });

  it('stores the token when the signal was lost and only the reconciler wakes', async () => {
    const person = await life.world.addPerson();
    await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-3', topicId });
    await life.owe(person);
    await life.wake(person, refreshSignal);
    await acted(person);
    expect(await life.view(person)).toMatchObject({ consent: 'granted' });
  });

  it('stores one token when signals come twice', async () => {
    const person = await life.world.addPerson();
    const inboxId = await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-4', topicId });
    await life.owe(person);
    await Promise.all([1, 2, 3].map(() => life.wake(person, optedInSignal, { inboxId, at: 'x' })));
    await acted(person);

    const tokens = await life.world.sql('SELECT id FROM subscriber_tokens WHERE subscriber_id = $1', [person]);
    expect(tokens).toHaveLength(1);
  });

  it('changes nothing for an opt-in older than the newest opt-out, and the workflow ends', async () => {
    const person = await life.world.addPerson();
    await life.world.personOptsOut(person, START_MS + HOUR_MS);
    await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-5', topicId });
    await life.wake(person, optedInSignal);

    await life.handle(person).result();
    expect(await life.world.row('subscribers', person)).toMatchObject({
      consent: 'revoked',
      token_id: null,
      workflow_open: false,
    });
  });

  it('waits for a database that is down, and the server holds the retry', async () => {
    let failures = 4;
    life.beforeLoad = () => (failures-- > 0 ? Promise.reject(new Error('the database is down')) : Promise.resolve());
    const person = await life.world.addPerson();
    await life.world.personOptsIn(person, { atMs: START_MS, token: 'secret-token-6', topicId });
    await life.owe(person);
    await life.wake(person);
    await acted(person);

    expect(await life.view(person)).toMatchObject({ consent: 'granted' });
    expect(await hasEvent(life.handle(person), 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED')).toBe(true);
  });
});
