import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import { DAY_MS, START_MS } from '../subscribers/world';
import { timerSummaries } from './history';
import { SubscriberLife, eventually } from './subscriber-life';

jest.setTimeout(60_000);
const COOL_DOWN_MS = 7 * DAY_MS;

describe('coolDown', () => {
  let life: SubscriberLife;

  beforeAll(async () => {
    life = await SubscriberLife.begin();
  });
  beforeEach(() => life.world.setClock(START_MS));
  afterAll(() => life.end());

  const askedFor = async (subscriberId: string, title: string, askedAtMs: number): Promise<void> => {
    const topicId = await life.world.addTopic(title);
    await life.world.sql(
      `INSERT INTO opt_in_requests (id, workspace_id, page_id, subscriber_id, topic_id, title_key, state,
         when_not_allowed, requested_at, asked_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'asked', 'refuse', $7, $7)`,
      [uuidV7(), life.world.workspaceId, life.world.pageId, subscriberId, topicId, title, new Date(askedAtMs)],
    );
  };
  const rests = (person: string, titles: readonly string[]) =>
    eventually(async () => {
      const { mayAskAgain } = await life.view(person);
      expect(mayAskAgain.map(({ title }) => title)).toEqual(titles);
    });

  it('is one durable timer for each request sent, though nothing waits for it', async () => {
    const person = await life.world.addPerson({ consent: 'asked' });
    await askedFor(person, 'New arrivals', START_MS - DAY_MS);
    await askedFor(person, 'Offers', START_MS);
    await life.wake(person);
    await rests(person, ['New arrivals', 'Offers']);

    expect(await timerSummaries(life.handle(person))).toEqual([
      expect.stringContaining('may ask for *New arrivals* again'),
      expect.stringContaining('may ask for *Offers* again'),
    ]);
    expect(await life.details(person)).toContain('may ask for *New arrivals* again 28 Nov 09:00 UTC');
    await eventually(async () => {
      expect(await life.world.waitOf(person)).toMatchObject({ next_due_at: new Date(START_MS + 6 * DAY_MS) });
    });
  });

  it('ends after seven days, and with the last one the workflow of a person who never answered', async () => {
    const person = await life.world.addPerson({ consent: 'asked' });
    await askedFor(person, 'First', START_MS - DAY_MS);
    await askedFor(person, 'Second', START_MS);
    await life.wake(person);
    await rests(person, ['First', 'Second']);

    await life.moveClock(person, START_MS + COOL_DOWN_MS - DAY_MS);
    await rests(person, ['Second']);
    await life.moveClock(person, START_MS + COOL_DOWN_MS);
    await life.handle(person).result();
    expect(await life.world.row('subscribers', person)).toMatchObject({ workflow_open: false });
  });

  it('keeps its timers through signals that change nothing', async () => {
    const person = await life.world.addPerson({ consent: 'asked' });
    await askedFor(person, 'Kept', START_MS);
    await life.wake(person);
    await rests(person, ['Kept']);
    for (let round = 0; round < 3; round += 1) {
      await life.owe(person);
      await life.wake(person);
      await eventually(async () => {
        const wait = await life.world.waitOf(person);
        expect(wait?.acted_seq).toBe(wait?.wake_seq);
      });
    }
    expect(await timerSummaries(life.handle(person))).toHaveLength(1);
  });

  it('goes on for the rest when its timer rings before the record says so', async () => {
    const person = await life.world.addPerson({ consent: 'asked' });
    await askedFor(person, 'Early', START_MS - COOL_DOWN_MS + 1_200);
    await life.wake(person);
    await eventually(async () => {
      expect((await timerSummaries(life.handle(person))).length).toBeGreaterThan(1);
    });
    expect((await life.view(person)).mayAskAgain).toHaveLength(1);

    await life.moveClock(person, START_MS + 1_200);
    await life.handle(person).result();
  });
});
