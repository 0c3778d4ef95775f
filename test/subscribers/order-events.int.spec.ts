import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inTenantTransaction } from '../../src/persistence/database';
import type { OrderEventReport } from '../../src/sequences/order-event';
import { recordOrderEvents } from '../../src/sequences/record-order-events';
import { DAY_MS, HOUR_MS, START_MS, SubscriberWorld } from './world';

describe('Order events', () => {
  let world: SubscriberWorld;
  let topicId: string;
  let orders = 0;

  beforeAll(async () => {
    world = await SubscriberWorld.create();
    topicId = await world.addTopic('Order news');
    const steps = [
      { ask: { topicId, expiresAfter: 'P2D' } },
      { send: { content: { text: 'secret words' }, purpose: 'promotional' } },
    ];
    await world.addAutomation(steps, { status: 'confirmed' });
    await world.addAutomation(steps, { status: 'SHIPPED', source: 'other shop' });
    const off = await world.addAutomation(steps, { status: 'CONFIRMED' });
    await world.sql('UPDATE automations SET enabled = false WHERE id = $1', [off]);
  });
  afterAll(() => world.end());

  const report = (given: Partial<OrderEventReport> = {}): OrderEventReport => ({
    source: 'shop',
    orderId: `order-${(orders += 1)}`,
    status: 'Confirmed',
    pageId: world.pageId,
    occurredAtMs: START_MS,
    ...given,
  });
  const record = (events: readonly OrderEventReport[], dryRun = false) =>
    inTenantTransaction(world.api, world.workspaceId, (manager) =>
      recordOrderEvents(manager, world.keys, { workspaceId: world.workspaceId, events, dryRun }),
    );
  const runsOf = (subscriberId: string) =>
    world.sql<{ id: string; state: string; steps_sealed: Buffer | null }>(
      'SELECT id, state, steps_sealed FROM automation_runs WHERE subscriber_id = $1 ORDER BY id',
      [subscriberId],
    );

  it('set the automations of their status going, with a copy of the steps, and tell the workflow', async () => {
    const subscriberId = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const { results, owed } = await record([report({ subscriberId, items: [{ name: 'Scarf' }] })]);

    expect(results).toMatchObject([{ outcome: 'accepted', workflowId: `subscriber/${world.pageId}/${subscriberId}` }]);
    const orderEventId = results[0]?.id ?? '';
    expect(owed).toMatchObject([
      { ownerId: subscriberId, signal: 'orderStatusChanged', args: { orderEventId, status: 'CONFIRMED' } },
    ]);
    const [run] = await runsOf(subscriberId);
    expect(run).toMatchObject({ state: 'running' });
    const steps = world.keys.envelope.open(
      run?.steps_sealed ?? Buffer.alloc(0),
      `automation_runs.steps:${run?.id ?? ''}`,
    );
    expect(steps.toString()).toContain('secret words');
    const event = await world.row('order_events', orderEventId);
    expect(event).toMatchObject({ status: 'CONFIRMED', outcome: 'accepted', subscriber_id: subscriberId });
    const items = world.keys.envelope.open(event['items_sealed'] as Buffer, `order_events.items:${orderEventId}`);
    expect(items.toString()).toBe('[{"name":"Scarf"}]');
  });

  it('find the person by PSID, e-mail address or phone number, in whatever spelling', async () => {
    const subscriberId = await world.addPerson();
    await world.addIdentity(subscriberId, 'email', 'ann@example.com');
    await world.addIdentity(subscriberId, 'phone', '+84 912 345 678');
    const { results } = await record([
      report({ psid: `psid-${subscriberId}` }),
      report({ email: ' Ann@Example.com' }),
      report({ phone: '0084912345678' }),
    ]);
    const workflowId = `subscriber/${world.pageId}/${subscriberId}`;
    expect(results).toMatchObject([1, 2, 3].map(() => ({ outcome: 'accepted', workflowId })));
  });

  it('count once for each source, order and status', async () => {
    const subscriberId = await world.addPerson();
    const event = report({ subscriberId });
    const first = await record([event]);
    const again = await record([event, { ...event, status: ' CONFIRMED ' }]);

    const id = first.results[0]?.id;
    expect(again.results).toMatchObject([
      { id, outcome: 'duplicate', willDo: [] },
      { id, outcome: 'duplicate', willDo: [] },
    ]);
    expect(again.owed).toEqual([]);
    expect(await runsOf(subscriberId)).toHaveLength(1);
  });

  it('count once when two calls bring the same event at the same time', async () => {
    const subscriberId = await world.addPerson();
    const event = report({ subscriberId });
    const outcomes = await Promise.all([record([event]), record([event]), record([event])]);
    expect(outcomes.map(({ results }) => results[0]?.outcome).sort()).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(await runsOf(subscriberId)).toHaveLength(1);
  });

  it('fire nothing when they are older than the newest of their order, and are told all the same', async () => {
    const subscriberId = await world.addPerson();
    const newest = report({ subscriberId, status: 'SHIPPED' });
    await record([newest]);
    const { results, owed } = await record([{ ...newest, status: 'CONFIRMED', occurredAtMs: START_MS - 1 }]);
    expect(results).toMatchObject([{ outcome: 'stale', willDo: [] }]);
    expect(owed).toHaveLength(1);
    expect(await runsOf(subscriberId)).toEqual([]);
  });

  it('are kept for nobody who is known, and for a status without an automation', async () => {
    const subscriberId = await world.addPerson();
    const { results, owed } = await record([
      report({ email: 'nobody@example.com' }),
      report({ subscriberId, status: 'PACKED' }),
      report({ subscriberId, status: 'SHIPPED' }),
      report({ subscriberId, status: 'CANCELLED' }),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'no_subscriber',
      'no_automation',
      'no_automation',
      'no_automation',
    ]);
    expect(owed).toHaveLength(3);
  });

  it.each(['CANCELLED', 'refunded'])('cancel what waits of their order when it is %s', async (status) => {
    const subscriberId = await world.addPerson({ consent: 'granted' });
    const event = report({ subscriberId });
    const other = report({ subscriberId });
    await record([event, other]);
    const [run, otherRun] = await runsOf(subscriberId);
    const sendId = await world.addSend(subscriberId, {
      state: 'held',
      dueAtMs: START_MS + DAY_MS,
      runId: run?.id ?? '',
    });
    const otherSendId = await world.addSend(subscriberId, { state: 'held', runId: otherRun?.id ?? '' });

    expect((await record([{ ...event, status, occurredAtMs: START_MS + 1 }])).results).toMatchObject([
      { outcome: 'accepted', willDo: [] },
    ]);

    expect((await runsOf(subscriberId)).map(({ state }) => state)).toEqual(['cancelled', 'running']);
    expect(await world.row('automation_runs', run?.id ?? '')).toMatchObject({ steps_sealed: null });
    expect(await world.row('sends', sendId)).toMatchObject({ state: 'cancelled', reason: 'order_called_off' });
    expect(await world.row('sends', otherSendId)).toMatchObject({ state: 'held' });
  });

  it('say what they will do, by the rules as they stand', async () => {
    const open = await world.addPerson({ windowUntilMs: START_MS + HOUR_MS });
    const closed = await world.addPerson();
    const { results } = await record([report({ subscriberId: open }), report({ subscriberId: closed })]);
    const [at, until] = [new Date(START_MS).toISOString(), new Date(START_MS + 2 * DAY_MS).toISOString()];
    expect(results.map(({ willDo }) => willDo)).toEqual([
      [
        { step: 'ask', at, until },
        { step: 'send', at },
      ],
      [
        { step: 'ask', ruleId: 'R-01', until },
        { step: 'send', ruleId: 'R-32' },
      ],
    ]);
  });

  it('write nothing in a dry run', async () => {
    const subscriberId = await world.addPerson();
    const event = report({ subscriberId });
    const { results, owed } = await record([event], true);
    expect(results).toMatchObject([{ outcome: 'accepted', willDo: [{ step: 'ask' }, { step: 'send' }] }]);
    expect(owed).toEqual([]);
    expect(await runsOf(subscriberId)).toEqual([]);
    expect((await record([event])).results).toMatchObject([{ outcome: 'accepted' }]);
  });
});
