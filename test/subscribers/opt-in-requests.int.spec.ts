import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OptInAnswer } from '../../activities/subscriber.ports';
import { PostgresOptInRequests } from '../../src/opt-in/opt-in-requests';
import { requestOptIn } from '../../src/opt-in/request-opt-in';
import { inTransaction } from '../../src/persistence/database';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

const REFUSED = {
  kind: 'refused',
  httpStatus: 400,
  remainingSeconds: null,
  speaksOfMoney: false,
  isTransient: false,
} as const;
const CLOSED_WINDOW: OptInAnswer = { ...REFUSED, code: 10, subcode: 2_018_278 };
const SAME_TITLE: OptInAnswer = { ...REFUSED, code: 613, subcode: 1_893_016 };

describe('An opt-in request on its way to Meta', () => {
  let world: SubscriberWorld;
  let requests: PostgresOptInRequests;
  let topicId: string;
  let person: string;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
    requests = new PostgresOptInRequests(world.dataSource, world.keys.envelope);
    topicId = await world.addTopic('New arrivals');
  });
  beforeEach(async () => {
    await world.setClock(START_MS);
    person = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
  });
  afterAll(() => world.end());

  const ask = async (whenNotAllowed: 'refuse' | 'wait' = 'refuse', expiresAtMs?: number): Promise<string> => {
    const { requestId } = await inTransaction(world.dataSource, (manager) =>
      requestOptIn(manager, {
        ...world.idsOf(person),
        topicId,
        whenNotAllowed,
        ...(expiresAtMs !== undefined && { expiresAtMs }),
      }),
    );
    return requestId;
  };
  const begin = (requestId: string) => requests.begin(world.idsOf(person), requestId);
  const settle = (requestId: string, answer: OptInAnswer) => requests.settle(world.idsOf(person), requestId, answer);

  describe('When it may go', () => {
    it('says sending and the time before bytes leave, and opens what the call needs', async () => {
      const requestId = await ask();

      expect(await begin(requestId)).toMatchObject({
        kind: 'ask',
        message: {
          metaPageId: 'meta-page',
          pageToken: 'page-token',
          psid: `psid-${person}`,
          title: 'New arrivals',
          payload: `herald:${topicId}`,
        },
      });
      expect(await world.row('opt_in_requests', requestId)).toMatchObject({
        state: 'sending',
        asked_at: new Date(START_MS),
      });
    });

    it('becomes asked, and so does the person who was never asked', async () => {
      const requestId = await ask();
      await begin(requestId);
      expect(await settle(requestId, { kind: 'asked' })).toEqual({ state: 'asked' });
      expect(await world.row('subscribers', person)).toMatchObject({ consent: 'asked' });
    });

    it('is not asked again when the activity runs again', async () => {
      const requestId = await ask();
      await begin(requestId);
      await settle(requestId, { kind: 'asked' });
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'asked' } });
    });
  });

  describe('When the answer got lost', () => {
    it('is unknown, and the title cools down as if the person had been asked', async () => {
      const requestId = await ask();
      await begin(requestId);
      expect(await settle(requestId, { kind: 'unknown' })).toEqual({ state: 'unknown' });
      const again = await ask();
      expect(await world.row('opt_in_requests', again)).toMatchObject({ state: 'refused', rule_id: 'R-03' });
    });

    it('waits for an attempt that may still be under way', async () => {
      const requestId = await ask();
      await begin(requestId);
      expect(await begin(requestId)).toMatchObject({ kind: 'under_way' });
    });

    it('is unknown once an attempt cannot be under way any more, and never sent again', async () => {
      const requestId = await ask();
      await begin(requestId);
      await world.sql(`UPDATE opt_in_requests SET sending_since = now() - interval '31 seconds' WHERE id = $1`, [
        requestId,
      ]);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'unknown' } });
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'unknown' } });
    });

    it('takes a late answer as evidence', async () => {
      const requestId = await ask();
      await begin(requestId);
      await settle(requestId, { kind: 'unknown' });
      expect(await settle(requestId, { kind: 'asked' })).toEqual({ state: 'asked' });
    });

    it('stays opted in when the opt-in overtakes the answer', async () => {
      const requestId = await ask();
      await begin(requestId);
      await world.sql(`UPDATE opt_in_requests SET state = 'opted_in' WHERE id = $1`, [requestId]);
      expect(await settle(requestId, { kind: 'asked' })).toEqual({ state: 'opted_in' });
    });

    it('waits to be sent when no byte left', async () => {
      const requestId = await ask();
      await begin(requestId);
      expect(await settle(requestId, { kind: 'not_sent' })).toEqual({ state: 'waiting' });
      expect(await world.row('opt_in_requests', requestId)).toMatchObject({ asked_at: null });
      expect(await begin(requestId)).toMatchObject({ kind: 'ask' });
    });
  });

  describe('When Meta refuses', () => {
    it('is refused by the rule that Meta applied', async () => {
      const requestId = await ask();
      await begin(requestId);
      expect(await settle(requestId, SAME_TITLE)).toEqual({ state: 'refused', ruleId: 'R-03' });
      expect(await world.row('opt_in_requests', requestId)).toMatchObject({
        asked_at: null,
        error_code: '613/1893016',
        allowed_at: new Date(START_MS + 7 * DAY_MS),
      });
    });

    it('waits for the same title to cool down where the caller waits', async () => {
      const requestId = await ask('wait');
      await begin(requestId);
      expect(await settle(requestId, SAME_TITLE)).toEqual({ state: 'waiting', ruleId: 'R-03' });
      expect(await world.row('opt_in_requests', requestId)).toMatchObject({ due_at: new Date(START_MS + 7 * DAY_MS) });
    });

    it('takes the window for closed and waits for the person', async () => {
      const requestId = await ask('wait');
      await begin(requestId);
      expect(await settle(requestId, CLOSED_WINDOW)).toEqual({ state: 'waiting', ruleId: 'R-01' });
      expect(await world.row('subscribers', person)).toMatchObject({
        window_until: new Date(START_MS),
        awaits_inbound: true,
      });
    });

    it('keeps a window that the person opened after they were asked', async () => {
      const requestId = await ask('wait');
      await begin(requestId);
      await world.personWrites(person, START_MS + 1);
      await settle(requestId, CLOSED_WINDOW);
      expect(await world.row('subscribers', person)).toMatchObject({ window_until: new Date(START_MS + 1 + DAY_MS) });
    });

    it('waits while Meta is busy, whatever the caller wants', async () => {
      const requestId = await ask();
      await begin(requestId);
      const busy: OptInAnswer = { ...REFUSED, code: 613, subcode: null, remainingSeconds: 90 };
      expect(await settle(requestId, busy)).toEqual({ state: 'waiting' });
      expect(await world.row('opt_in_requests', requestId)).toMatchObject({ due_at: new Date(START_MS + 90_000) });
    });

    it('fails for a person who cannot be reached', async () => {
      const requestId = await ask('wait');
      await begin(requestId);
      expect(await settle(requestId, { ...REFUSED, code: 551, subcode: null })).toMatchObject({ state: 'failed' });
    });
  });

  describe('When the rules have changed their mind meanwhile', () => {
    it('is refused when the window has closed', async () => {
      const requestId = await ask();
      await world.setClock(START_MS + HOUR_MS);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'refused', ruleId: 'R-01' } });
    });

    it('waits for the person again where the caller waits', async () => {
      const requestId = await ask('wait');
      await world.setClock(START_MS + HOUR_MS);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'waiting', ruleId: 'R-01' } });
      expect(await world.row('subscribers', person)).toMatchObject({ awaits_inbound: true });
    });

    it('is refused for a person who has left', async () => {
      const requestId = await ask('wait');
      await world.personOptsOut(person, START_MS);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'refused', ruleId: 'R-11' } });
    });

    it('is opted in when the person has opted in to the topic', async () => {
      const requestId = await ask('wait');
      await world.sql(
        'INSERT INTO subscriber_topics (workspace_id, subscriber_id, topic_id, opted_in_at) VALUES ($1, $2, $3, now())',
        [world.workspaceId, person, topicId],
      );
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'opted_in' } });
    });

    it('expires when it was not asked in time', async () => {
      const requestId = await ask('wait', START_MS + HOUR_MS);
      await world.setClock(START_MS + HOUR_MS);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'expired' } });
    });

    it('is cancelled when its topic is gone', async () => {
      const requestId = await ask('wait');
      await world.sql('UPDATE topics SET deleted_at = now() WHERE id = $1', [topicId]);
      const attempt = await begin(requestId);
      await world.sql('UPDATE topics SET deleted_at = NULL WHERE id = $1', [topicId]);
      expect(attempt).toEqual({ kind: 'settled', result: { state: 'cancelled' } });
    });

    it('fails for a person without a PSID', async () => {
      const requestId = await ask();
      await world.sql('UPDATE subscribers SET psid_sealed = NULL WHERE id = $1', [person]);
      expect(await begin(requestId)).toEqual({ kind: 'settled', result: { state: 'failed' } });
    });
  });
});
