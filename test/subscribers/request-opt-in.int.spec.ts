import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OptInWish, RequestedOptIn } from '../../src/opt-in/request-opt-in';
import { requestOptIn } from '../../src/opt-in/request-opt-in';
import { inTenantTransaction } from '../../src/persistence/database';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

describe('A wish for an opt-in', () => {
  let world: SubscriberWorld;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
  });
  afterAll(() => world.end());

  const wish = (
    person: string,
    topicId: string,
    whenNotAllowed: OptInWish['whenNotAllowed'],
  ): Promise<RequestedOptIn> =>
    inTenantTransaction(world.api, world.workspaceId, (manager) =>
      requestOptIn(manager, { ...world.idsOf(person), topicId, whenNotAllowed }),
    );

  it('is due at once inside the open window, and the workflow is woken by it', async () => {
    const topicId = await world.addTopic('New arrivals');
    const person = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });

    const { requestId, state, owed } = await wish(person, topicId, 'refuse');

    expect(state).toBe('waiting');
    expect(await world.row('opt_in_requests', requestId)).toMatchObject({
      state: 'waiting',
      due_at: new Date(START_MS),
      title_key: 'new arrivals',
    });
    expect(owed).toMatchObject([{ ownerId: person, signal: 'optInRequested', args: { requestId } }]);
    expect(await world.waitOf(person)).toMatchObject({ wake_seq: 1, acted_seq: 0 });
  });

  it('is refused with its rule outside the window, and the refused row stands', async () => {
    const topicId = await world.addTopic('Offers');
    const person = await world.addPerson({ windowUntilMs: START_MS });

    const answer = await wish(person, topicId, 'refuse');

    expect(answer).toMatchObject({ state: 'refused', ruleId: 'R-01', owed: [] });
    expect(await world.row('opt_in_requests', answer.requestId)).toMatchObject({ state: 'refused', rule_id: 'R-01' });
    expect(await world.waitOf(person)).toBeNull();
  });

  it('waits outside the window for the person to open it', async () => {
    const topicId = await world.addTopic('Events');
    const person = await world.addPerson();

    const answer = await wish(person, topicId, 'wait');

    expect(answer).toMatchObject({ state: 'waiting', ruleId: 'R-01' });
    expect(await world.row('opt_in_requests', answer.requestId)).toMatchObject({ state: 'waiting', due_at: null });
    expect(await world.row('subscribers', person)).toMatchObject({ awaits_inbound: true });
  });

  it('waits out the seven days of a title', async () => {
    const topicId = await world.addTopic('Weekly');
    const person = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const first = await wish(person, topicId, 'refuse');
    await world.sql(`UPDATE opt_in_requests SET state = 'asked', asked_at = $2 WHERE id = $1`, [
      first.requestId,
      new Date(START_MS - DAY_MS),
    ]);
    const allowedAt = new Date(START_MS + 6 * DAY_MS);

    expect(await wish(person, topicId, 'refuse')).toMatchObject({
      state: 'refused',
      ruleId: 'R-03',
      allowedAt: allowedAt.toISOString(),
    });
    const { requestId, state } = await wish(person, topicId, 'wait');
    expect(state).toBe('waiting');
    expect(await world.row('opt_in_requests', requestId)).toMatchObject({ due_at: allowedAt, allowed_at: allowedAt });
    expect(await world.row('subscribers', person)).toMatchObject({ awaits_inbound: false });
  });

  it('is refused for somebody who has opted in to the topic', async () => {
    const topicId = await world.addTopic('Known');
    const person = await world.addPerson({ consent: 'granted', windowUntilMs: START_MS + HOUR_MS });
    await world.sql(
      'INSERT INTO subscriber_topics (workspace_id, subscriber_id, topic_id, opted_in_at) VALUES ($1, $2, $3, now())',
      [world.workspaceId, person, topicId],
    );
    expect(await wish(person, topicId, 'wait')).toMatchObject({ state: 'refused', ruleId: 'R-06' });
  });

  it('is refused for somebody who left and has not written since, whatever the caller would wait for', async () => {
    const topicId = await world.addTopic('After the end');
    const person = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    await world.personOptsOut(person, START_MS - HOUR_MS);
    expect(await wish(person, topicId, 'wait')).toMatchObject({ state: 'refused', ruleId: 'R-11' });

    await world.personWrites(person, START_MS);
    expect(await wish(person, topicId, 'wait')).toMatchObject({ state: 'waiting' });
  });

  it('waits while the Page is restricted, and asks the rules again after an hour', async () => {
    const topicId = await world.addTopic('Restricted');
    const person = await world.addPerson({ windowUntilMs: START_MS + DAY_MS });
    await world.sql(`UPDATE pages SET restriction = 'page_blocked' WHERE id = $1`, [world.pageId]);
    const answer = await wish(person, topicId, 'wait');
    await world.sql('UPDATE pages SET restriction = NULL WHERE id = $1', [world.pageId]);

    expect(answer).toMatchObject({ state: 'waiting', ruleId: 'R-25' });
    expect(await world.row('opt_in_requests', answer.requestId)).toMatchObject({
      due_at: new Date(START_MS + HOUR_MS),
    });
  });
});
