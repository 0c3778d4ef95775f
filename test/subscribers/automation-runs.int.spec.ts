import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidV7 } from '../../src/security/uuid-v7';
import { PostgresAutomationRuns } from '../../src/sequences/automation-runs';
import type { Step } from '../../src/sequences/steps';
import { sealSteps, stepsOfRun } from '../../src/sequences/steps';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

const WORDS = { text: 'Order {{order_id}} is {{order_status}}' };

/** Polls until a transaction of this database waits for another's lock. */
async function untilSomebodyWaits(world: SubscriberWorld): Promise<void> {
  const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let found = await world.sql(waiting); found.length === 0; found = await world.sql(waiting));
}

describe('A run of an automation', () => {
  let world: SubscriberWorld;
  let runs: PostgresAutomationRuns;
  let topicId: string;
  let person: string;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
    runs = new PostgresAutomationRuns(world.dataSource, world.keys);
    topicId = await world.addTopic('Order news');
  });
  beforeEach(async () => {
    await world.setClock(START_MS);
    person = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
  });
  afterAll(() => world.end());

  const begin = async (steps: readonly Step[]): Promise<string> => {
    const [id, orderEventId] = [uuidV7(), uuidV7()];
    await world.sql(
      `INSERT INTO order_events (id, workspace_id, page_id, source, order_id, status, subscriber_id, occurred_at, outcome)
       VALUES ($1, $2, $3, 'shop', '1042', $5, $4, now(), 'accepted')`,
      [orderEventId, world.workspaceId, world.pageId, person, orderEventId],
    );
    await world.sql(
      `INSERT INTO automation_runs (id, workspace_id, page_id, automation_id, subscriber_id, order_event_id, state,
         steps_sealed)
       VALUES ($1, $2, $3, $4, $5, $6, 'running', $7)`,
      [
        id,
        world.workspaceId,
        world.pageId,
        uuidV7(),
        person,
        orderEventId,
        sealSteps(world.keys.envelope, steps, stepsOfRun(id)),
      ],
    );
    return id;
  };
  const advance = (runId: string) => runs.advance(world.idsOf(person), runId);
  const optIn = () =>
    world.sql(
      'INSERT INTO subscriber_topics (workspace_id, subscriber_id, topic_id, opted_in_at) VALUES ($1, $2, $3, now())',
      [world.workspaceId, person, topicId],
    );

  it('asks once and waits until its patience ends', async () => {
    const run = await begin([{ ask: { topicId, expiresAfter: 'P2D' } }]);
    expect(await advance(run)).toEqual({ state: 'waiting', step: 0 });
    expect(await advance(run)).toEqual({ state: 'waiting', step: 0 });

    const row = await world.row('automation_runs', run);
    expect(row).toMatchObject({ due_at: new Date(START_MS + 2 * DAY_MS) });
    expect(await world.row('opt_in_requests', String(row['opt_in_request_id']))).toMatchObject({
      automation_run_id: run,
      expires_at: new Date(START_MS + 2 * DAY_MS),
      when_not_allowed: 'wait',
    });
    await world.setClock(START_MS + 2 * DAY_MS);
    expect(await advance(run)).toEqual({ state: 'expired', step: 0 });
    expect(await world.row('automation_runs', run)).toMatchObject({ steps_sealed: null, reason: 'no_opt_in' });
  });

  it('passes over a question to somebody who has opted in, and ends after its last step', async () => {
    const run = await begin([{ ask: { topicId } }]);
    await optIn();
    expect(await advance(run)).toEqual({ state: 'running', step: 1 });
    expect(await advance(run)).toEqual({ state: 'done', step: 1 });
    expect(await world.sql('SELECT id FROM opt_in_requests WHERE subscriber_id = $1', [person])).toEqual([]);
  });

  it('passes over what may not be asked where it is told to skip', async () => {
    person = await world.addPerson();
    const run = await begin([{ ask: { topicId, whenNotAllowed: 'skip' } }]);
    expect(await advance(run)).toEqual({ state: 'running', step: 1 });
  });

  it('waits for the opt-in of somebody who may not be asked otherwise', async () => {
    person = await world.addPerson();
    const run = await begin([{ ask: { topicId } }]);
    expect(await advance(run)).toEqual({ state: 'waiting', step: 0 });
    expect(await world.row('subscribers', person)).toMatchObject({ awaits_inbound: true });
    await optIn();
    expect(await advance(run)).toEqual({ state: 'running', step: 1 });
  });

  it('sends once, with the words of the order, and is done when the ledger has decided', async () => {
    const run = await begin([{ send: { content: WORDS, purpose: 'transactional' } }]);
    expect(await advance(run)).toEqual({ state: 'waiting', step: 0 });
    expect(await advance(run)).toEqual({ state: 'waiting', step: 0 });

    const sends = await world.sql<{ id: string; state: string; variables_sealed: Buffer }>(
      'SELECT id, state, variables_sealed FROM sends WHERE automation_run_id = $1',
      [run],
    );
    expect(sends).toMatchObject([{ state: 'queued' }]);
    const [send] = sends;
    const place = `sends.variables:${send?.id ?? ''}`;
    const variables = world.keys.envelope.open(send?.variables_sealed ?? Buffer.alloc(0), place).toString();
    expect(JSON.parse(variables)).toMatchObject({ order_id: '1042', order_source: 'shop' });

    await world.sql(`UPDATE sends SET state = 'accepted' WHERE automation_run_id = $1`, [run]);
    expect(await advance(run)).toEqual({ state: 'running', step: 1 });
    expect(await advance(run)).toEqual({ state: 'done', step: 1 });
  });

  it('goes on when its message is refused', async () => {
    person = await world.addPerson();
    const run = await begin([{ send: { content: WORDS, purpose: 'promotional' } }]);
    expect(await advance(run)).toEqual({ state: 'running', step: 1 });
  });

  it('fails where its topic or its campaign is not there, and blocks nobody', async () => {
    const noTopic = await begin([{ ask: { topicId: uuidV7() } }]);
    expect(await advance(noTopic)).toEqual({ state: 'failed', step: 0 });
    const noCampaign = await begin([{ send: { campaignId: uuidV7(), content: WORDS, purpose: 'promotional' } }]);
    expect(await advance(noCampaign)).toEqual({ state: 'failed', step: 0 });
  });

  it('undoes its step when it was cancelled meanwhile', async () => {
    const run = await begin([{ send: { content: WORDS, purpose: 'transactional' } }]);
    const other = world.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE', [person]);
    const advanced = advance(run);
    await untilSomebodyWaits(world);
    await other.query(`UPDATE automation_runs SET state = 'cancelled' WHERE id = $1`, [run]);
    await other.commitTransaction();
    await other.release();

    await expect(advanced).rejects.toThrow('moved while its step was done');
    expect(await world.sql('SELECT id FROM sends WHERE automation_run_id = $1', [run])).toEqual([]);
    expect(await advance(run)).toEqual({ state: 'cancelled', step: 0 });
  });
});
