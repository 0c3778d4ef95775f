import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresTokenStore } from '../../src/opt-in/token-store';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

describe('storeToken', () => {
  let world: SubscriberWorld;
  let tokens: PostgresTokenStore;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
    tokens = new PostgresTokenStore(world.dataSource, world.keys.envelope, world.keys.lookupHash);
  });
  afterAll(() => world.end());

  const tokensOf = (subscriberId: string) =>
    world.sql<{ id: string; state: string }>(
      'SELECT id, state FROM subscriber_tokens WHERE subscriber_id = $1 ORDER BY id',
      [subscriberId],
    );

  it('writes consent and token together, keeps the topic and empties the inbox row', async () => {
    const topicId = await world.addTopic('New arrivals');
    const person = await world.addPerson();
    const inboxId = await world.personOptsIn(person, { atMs: START_MS, token: 'token-1', topicId });

    const handle = await tokens.store(world.idsOf(person), inboxId);

    const row = await world.row('subscribers', person);
    expect(row).toMatchObject({ consent: 'granted', consent_at: new Date(START_MS), source: 'opt_in' });
    expect(row).toMatchObject({ time_zone: 'Europe/Berlin', token_id: handle?.tokenId });
    expect(handle).toEqual({ tokenId: row['token_id'], lane: 'paid', expiresAt: null });
    const token = await world.row('subscriber_tokens', handle?.tokenId ?? '');
    const sealed = world.keys.envelope.open(token['sealed'] as Buffer, `subscriber_tokens.token:${world.pageId}`);
    expect(sealed.toString()).toBe('token-1');
    expect(await world.row('inbox', inboxId)).toMatchObject({ state: 'done', body_sealed: null });
    const topics = await world.sql('SELECT topic_id FROM subscriber_topics WHERE subscriber_id = $1', [person]);
    expect(topics).toEqual([{ topic_id: topicId }]);
    const proof = await world.sql('SELECT applied FROM consent_events WHERE inbox_id = $1', [inboxId]);
    expect(proof).toEqual([{ applied: true }]);
  });

  it('answers a repeat with the same token and changes nothing', async () => {
    const person = await world.addPerson();
    const inboxId = await world.personOptsIn(person, { atMs: START_MS, token: 'token-2' });
    const first = await tokens.store(world.idsOf(person), inboxId);
    const before = await world.row('subscribers', person);

    expect(await tokens.store(world.idsOf(person), inboxId)).toEqual(first);
    expect(await world.row('subscribers', person)).toEqual(before);
  });

  it('makes the same token active again when the person comes back', async () => {
    const person = await world.addPerson({ consent: 'revoked', consentAtMs: START_MS, token: 'token-3' });
    const [known] = await tokensOf(person);
    await world.sql(`UPDATE subscriber_tokens SET state = 'ended' WHERE id = $1`, [known?.id]);
    const inboxId = await world.personOptsIn(person, { atMs: START_MS + 1, token: 'token-3' });

    expect(await tokens.store(world.idsOf(person), inboxId)).toMatchObject({ tokenId: known?.id });
    expect(await tokensOf(person)).toEqual([{ id: known?.id, state: 'active' }]);
    expect(await world.row('subscribers', person)).toMatchObject({ consent: 'granted' });
  });

  it('leaves one active token where Meta gives a new one', async () => {
    const person = await world.addPerson({ consent: 'granted', consentAtMs: START_MS, token: 'token-4' });
    const inboxId = await world.personOptsIn(person, { atMs: START_MS + 1, token: 'token-5' });

    const handle = await tokens.store(world.idsOf(person), inboxId);

    expect((await tokensOf(person)).filter(({ state }) => state === 'active')).toEqual([
      { id: handle?.tokenId, state: 'active' },
    ]);
  });

  it('revives the newest token where Meta names none', async () => {
    const person = await world.addPerson({ consent: 'revoked', consentAtMs: START_MS, token: 'token-6' });
    await world.sql(`UPDATE subscriber_tokens SET state = 'ended' WHERE subscriber_id = $1`, [person]);
    const inboxId = await world.personOptsIn(person, { atMs: START_MS + 1 });

    const [known] = await tokensOf(person);
    expect(await tokens.store(world.idsOf(person), inboxId)).toMatchObject({ tokenId: known?.id });
  });

  it('takes a token from the row of an import that had it', async () => {
    const imported = await world.addPerson({ consent: 'granted', consentAtMs: START_MS, token: 'token-7' });
    const person = await world.addPerson();
    const inboxId = await world.personOptsIn(person, { atMs: START_MS, token: 'token-7' });

    const handle = await tokens.store(world.idsOf(person), inboxId);

    expect(await world.row('subscribers', imported)).toMatchObject({ token_id: null });
    expect(await world.row('subscriber_tokens', handle?.tokenId ?? '')).toMatchObject({ subscriber_id: person });
  });

  it('takes the spacing with a token that moves: of both words the later one', async () => {
    const [slot, word] = [START_MS + 12 * HOUR_MS, START_MS + 20 * HOUR_MS];
    const imported = await world.addPerson({ consent: 'granted', token: 'token-13', paidSlotUntilMs: slot });
    const person = await world.addPerson({ paidSlotUntilMs: START_MS + HOUR_MS });
    await world.sql(`UPDATE subscribers SET meta_paid_until = $2, meta_paid_rule = 'R-20' WHERE id = $1`, [
      imported,
      new Date(word),
    ]);

    await tokens.store(world.idsOf(person), await world.personOptsIn(person, { atMs: START_MS, token: 'token-13' }));

    const spacing = {
      paid_slot_until: new Date(slot),
      meta_paid_until: new Date(word),
      meta_paid_rule: 'R-20',
    };
    expect(await world.row('subscribers', person)).toMatchObject(spacing);
    expect(await world.row('subscribers', imported)).toMatchObject(spacing);
  });

  it('keeps the later spacing of the row that a token moves to', async () => {
    await world.addPerson({ consent: 'granted', token: 'token-14', paidSlotUntilMs: START_MS });
    const person = await world.addPerson({ paidSlotUntilMs: START_MS + HOUR_MS });

    await tokens.store(world.idsOf(person), await world.personOptsIn(person, { atMs: START_MS, token: 'token-14' }));

    expect(await world.row('subscribers', person)).toMatchObject({ paid_slot_until: new Date(START_MS + HOUR_MS) });
  });

  it.each([
    { title: 'is older than', leftAtMs: START_MS + HOUR_MS },
    { title: 'happened at the moment of', leftAtMs: START_MS },
  ])('changes nothing when the opt-in $title the newest opt-out', async ({ leftAtMs }) => {
    const topicId = await world.addTopic(`Sale ${leftAtMs}`);
    const person = await world.addPerson();
    await world.personOptsOut(person, leftAtMs);
    const inboxId = await world.personOptsIn(person, { atMs: START_MS, token: `late-${leftAtMs}`, topicId });

    expect(await tokens.store(world.idsOf(person), inboxId)).toBeNull();

    expect(await world.row('subscribers', person)).toMatchObject({ consent: 'revoked', token_id: null });
    expect(await world.row('inbox', inboxId)).toMatchObject({ state: 'done', body_sealed: null });
    expect(await world.sql('SELECT * FROM subscriber_topics WHERE subscriber_id = $1', [person])).toEqual([]);
    expect(await world.sql('SELECT applied FROM consent_events WHERE inbox_id = $1', [inboxId])).toEqual([
      { applied: false },
    ]);
  });

  it('adds the topic of an opt-in that arrives after a newer one, and keeps the newer token', async () => {
    const [older, newer] = [await world.addTopic('Older'), await world.addTopic('Newer')];
    const person = await world.addPerson();
    const second = await world.personOptsIn(person, { atMs: START_MS + HOUR_MS, token: 'token-9', topicId: newer });
    const first = await world.personOptsIn(person, { atMs: START_MS, token: 'token-8', topicId: older });
    const handle = await tokens.store(world.idsOf(person), second);

    expect(await tokens.store(world.idsOf(person), first)).toEqual(handle);

    const topics = await world.sql<{ topic_id: string }>(
      'SELECT topic_id FROM subscriber_topics WHERE subscriber_id = $1',
      [person],
    );
    expect(topics.map(({ topic_id }) => topic_id).sort()).toEqual([older, newer].sort());
  });

  it('adds no topic of an opt-in that was followed by an opt-out and a later opt-in', async () => {
    const [before, after] = [await world.addTopic('Before'), await world.addTopic('After')];
    const person = await world.addPerson();
    await world.personOptsOut(person, START_MS + HOUR_MS);
    const back = await world.personOptsIn(person, { atMs: START_MS + DAY_MS, token: 'token-10', topicId: after });
    const late = await world.personOptsIn(person, { atMs: START_MS, token: 'token-10', topicId: before });
    await tokens.store(world.idsOf(person), back);
    await tokens.store(world.idsOf(person), late);

    const topics = await world.sql('SELECT topic_id FROM subscriber_topics WHERE subscriber_id = $1', [person]);
    expect(topics).toEqual([{ topic_id: after }]);
  });

  it('has no topic of before an opt-out that arrives after a later opt-in', async () => {
    const [before, after] = [await world.addTopic('Early'), await world.addTopic('Late')];
    const person = await world.addPerson();
    for (const [topicId, atMs] of [
      [before, START_MS],
      [after, START_MS + DAY_MS],
    ] as const) {
      await tokens.store(world.idsOf(person), await world.personOptsIn(person, { atMs, token: 'token-12', topicId }));
    }
    await world.personOptsOut(person, START_MS + HOUR_MS);

    expect(await world.row('subscribers', person)).toMatchObject({ consent: 'granted' });
    const sql = 'SELECT topic_id FROM subscriber_topics WHERE subscriber_id = $1 AND ended_at IS NULL';
    expect(await world.sql(sql, [person])).toEqual([{ topic_id: after }]);
  });

  it('keeps the consent of an opt-in whose body cannot be read, and stores no token', async () => {
    const person = await world.addPerson();
    const inboxId = await world.personOptsIn(person, { atMs: START_MS });
    await world.sql(`UPDATE inbox SET body_sealed = '\\x01' WHERE id = $1`, [inboxId]);

    expect(await tokens.store(world.idsOf(person), inboxId)).toBeNull();
    expect(await world.row('subscribers', person)).toMatchObject({ consent: 'granted', token_id: null });
  });

  it('gives every request for the topic what it was for', async () => {
    const topicId = await world.addTopic('Requested');
    const person = await world.addPerson();
    const states = ['waiting', 'asked', 'unknown', 'refused'];
    for (const [place, state] of states.entries()) {
      await world.sql(
        `INSERT INTO opt_in_requests (id, workspace_id, page_id, subscriber_id, topic_id, title_key, state,
           when_not_allowed, requested_at)
         VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, 'wait', now())`,
        [world.workspaceId, world.pageId, person, topicId, String(place), state],
      );
    }
    await tokens.store(
      world.idsOf(person),
      await world.personOptsIn(person, { atMs: START_MS, token: 'token-11', topicId }),
    );

    const requests = await world.sql<{ state: string }>(
      'SELECT state FROM opt_in_requests WHERE subscriber_id = $1 ORDER BY title_key',
      [person],
    );
    expect(requests.map(({ state }) => state)).toEqual(['opted_in', 'opted_in', 'opted_in', 'refused']);
  });
});
