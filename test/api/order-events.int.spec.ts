import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AutomationRunEntity, OrderEventEntity, WaitEntity } from '../../src/persistence/entities';
import type { Answer } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';
import { inHours, person, topic } from './people';

const STRANGER = '019ab0c4-7c00-7000-8000-0000000000ff';

describe('An order event', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let next = 1_000;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
    const topicId = await topic(api, pageId);
    const steps = [{ ask: { topicId } }, { send: { content: { text: 'Confirmed.' }, purpose: 'transactional' } }];
    const trigger = { kind: 'order_status', status: 'confirmed' };
    const { id } = (await api.post('/v1/automations', { name: 'Confirmed', pageIds: [pageId], trigger, steps })).body;
    await api.post(`/v1/automations/${id}/enable`);
  });
  afterAll(() => api.stop());

  const event = (change: object = {}) => ({
    source: 'shop',
    orderId: String(next++),
    status: 'Confirmed',
    pageId,
    psid: '7351004321',
    occurredAt: inHours(-1).toISOString(),
    amountMinor: 4_990,
    currency: 'EUR',
    items: [{ name: 'Scarf', quantity: 1 }],
    ...change,
  });
  const report = (body: unknown, query = ''): Promise<Answer> => api.post(`/v1/order-events${query}`, body);

  it('of a known person sets its automation going, and says what it will do', async () => {
    const subscriberId = await person(api, pageId);
    const reported = await report(event({ subscriberId, psid: undefined }));
    expect(reported.status).toBe(202);
    expect(reported.body).toMatchObject({
      id: expect.any(String),
      outcome: 'accepted',
      workflowId: `subscriber/${pageId}/${subscriberId}`,
    });
    expect(reported.body['willDo']).toEqual([
      expect.objectContaining({ step: 'ask', ruleId: 'R-01' }),
      expect.objectContaining({ step: 'send', ruleId: 'R-32' }),
    ]);
    expect(await api.owner.getRepository(AutomationRunEntity).countBy({ subscriberId })).toBe(1);
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: subscriberId })).toMatchObject({
      wakeSeq: 1,
    });
    const row = await api.owner.getRepository(OrderEventEntity).findOneByOrFail({ id: reported.body.id });
    expect(row.itemsSealed?.toString('latin1')).not.toContain('Scarf');
  });

  it('fires once for (source, order, status), however it is written', async () => {
    const subscriberId = await person(api, pageId);
    const one = event({ subscriberId, psid: undefined });
    const first = await report(one);
    const again = await report({ ...one, status: 'CONFIRMED' });
    expect(again.body).toMatchObject({ id: first.body.id, outcome: 'duplicate' });
    expect(await api.owner.getRepository(AutomationRunEntity).countBy({ subscriberId })).toBe(1);
  });

  it('finds the person by PSID, e-mail or phone', async () => {
    const known = { psid: '99001', email: 'Ada@Example.com', phone: '+39 02 5556677' };
    const { id } = (await api.post('/v1/subscribers', { pageId, ...known })).body;
    for (const name of [{ psid: '99001' }, { email: 'ada@example.com' }, { phone: '0039025556677' }]) {
      const reported = await report({ ...event({ psid: undefined }), ...name });
      expect(reported.body).toMatchObject({ outcome: 'accepted', workflowId: `subscriber/${pageId}/${id}` });
    }
  });

  it.each([
    ['no_subscriber', { psid: '404404' }],
    ['no_automation', { status: 'SHIPPED' }],
  ])('may come to nothing: %s', async (outcome, change) => {
    const subscriberId = await person(api, pageId);
    const name = 'psid' in change ? {} : { subscriberId, psid: undefined };
    expect((await report(event({ ...name, ...change }))).body).toMatchObject({ outcome, willDo: [] });
  });

  it('older than the newest of its order fires nothing', async () => {
    const subscriberId = await person(api, pageId);
    const one = event({ subscriberId, psid: undefined, status: 'SHIPPED' });
    await report(one);
    const stale = await report({ ...one, status: 'CONFIRMED', occurredAt: inHours(-2).toISOString() });
    expect(stale.body['outcome']).toBe('stale');
    expect(await api.owner.getRepository(AutomationRunEntity).countBy({ subscriberId })).toBe(0);
  });

  it('of a dry run is foreseen and not recorded', async () => {
    const subscriberId = await person(api, pageId);
    const foreseen = await report(event({ subscriberId, psid: undefined, orderId: 'dry' }), '?dryRun=true');
    expect(foreseen.status).toBe(202);
    expect(foreseen.body).toMatchObject({ outcome: 'accepted' });
    expect(foreseen.body['willDo']).toHaveLength(2);
    expect(await api.owner.getRepository(OrderEventEntity).countBy({ orderId: 'dry' })).toBe(0);
    expect(await api.owner.getRepository(WaitEntity).countBy({ ownerId: subscriberId })).toBe(0);
  });

  it('comes in a list that is taken as a whole', async () => {
    const subscriberId = await person(api, pageId);
    const events = ['a', 'b', 'c'].map((orderId) => event({ orderId, subscriberId, psid: undefined }));
    const reported = await report(events);
    expect(reported.status).toBe(202);
    expect(reported.body).toEqual(events.map(() => expect.objectContaining({ outcome: 'accepted' })));
    const half = ['d', 'e'].map((orderId) => event({ orderId, subscriberId, psid: undefined }));
    const refused = await report([...half, event({ occurredAt: 'yesterday' })]);
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ field }) => field)).toEqual(['[2].occurredAt']);
    expect(await api.owner.getRepository(OrderEventEntity).countBy({ orderId: 'd' })).toBe(0);
    const strange = await report([event({ pageId: STRANGER })]);
    expect(strange.body.errors.map(({ field }) => field)).toEqual(['[0].pageId']);
  });

  it('comes a thousand at a time and no more', async () => {
    const thousand = Array.from({ length: 1_000 }, () => event({ psid: '404404', items: undefined }));
    expect((await report(thousand)).status).toBe(202);
    expect((await report([...thousand, event()])).status).toBe(422);
    expect((await report([])).status).toBe(422);
  }, 60_000);

  it.each<[string, object | string, string]>([
    ['no source', { source: undefined }, 'source'],
    ['an order id that is a number', { orderId: 1042 }, 'orderId'],
    ['no status', { status: ' ' }, 'status'],
    ['a Page that is not there', { pageId: STRANGER }, 'pageId'],
    ['nobody named', { psid: undefined }, 'subscriberId'],
    ['an id that is none', { subscriberId: 'x' }, 'subscriberId'],
    ['an e-mail address that is none', { email: 'ada' }, 'email'],
    ['a moment without zone', { occurredAt: '2026-11-22T09:00:00' }, 'occurredAt'],
    ['a moment far away', { occurredAt: '2099-01-01T00:00:00Z' }, 'occurredAt'],
    ['half a cent', { amountMinor: 0.5 }, 'amountMinor'],
    ['a currency that is none', { currency: 'euro' }, 'currency'],
    ['items that are no list', { items: {} }, 'items'],
    ['a field that is none', { colour: 'red' }, 'colour'],
  ])('with %s is refused, naming the field', async (_case, wrong, field) => {
    const before = await api.owner.getRepository(OrderEventEntity).count();
    const refused = await report({ ...event(), ...(wrong as object) });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toEqual([field]);
    expect(await api.owner.getRepository(OrderEventEntity).count()).toBe(before);
  });

  it('is listed by order and outcome, and not to another workspace', async () => {
    const subscriberId = await person(api, pageId);
    const one = event({ subscriberId, psid: undefined });
    const { id } = (await report(one)).body;
    const { body } = await api.get(`/v1/order-events?orderId=${one.orderId}&outcome=accepted`);
    expect(body).toEqual({
      data: [
        {
          id,
          source: 'shop',
          orderId: one.orderId,
          status: 'CONFIRMED',
          pageId,
          subscriberId,
          occurredAt: one.occurredAt,
          amountMinor: 4_990,
          currency: 'EUR',
          outcome: 'accepted',
          workflowId: `subscriber/${pageId}/${subscriberId}`,
        },
      ],
      nextCursor: null,
    });
    expect((await api.get(`/v1/order-events?orderId=${one.orderId}&outcome=stale`)).body.data).toEqual([]);
    const key = await api.otherKey();
    expect((await api.get(`/v1/order-events?orderId=${one.orderId}`, { key })).body.data).toEqual([]);
  });
});
