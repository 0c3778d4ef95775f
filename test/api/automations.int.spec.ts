import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AutomationEntity } from '../../src/persistence/entities';
import { ApiUnderTest } from './api-under-test';
import { draft } from './campaigns';
import { connectedPage } from './fixtures';
import { topic } from './people';

const STRANGER = '019ab0c4-7c00-7000-8000-0000000000ff';

describe('An automation', () => {
  let api: ApiUnderTest;
  let pageId: string;
  let topicId: string;
  let campaignId: string;
  beforeAll(async () => {
    api = await ApiUnderTest.start();
    pageId = await connectedPage(api);
    topicId = await topic(api, pageId);
    campaignId = (await draft(api, pageId)).body.id;
  });
  afterAll(() => api.stop());

  const content = { text: 'Your order is confirmed, {{name|friend}}.' };
  const request = () => ({
    name: 'Order confirmed',
    pageIds: [pageId],
    trigger: { kind: 'order_status', status: 'CONFIRMED', source: 'shop', topicId },
    steps: [
      { ask: { topicId, whenNotAllowed: 'wait', expiresAfter: 'P3D' } },
      { send: { campaignId, content, purpose: 'promotional', lane: 'paid', whenSlotTaken: 'hold' } },
    ],
  });

  it('is made switched off, its texts not stored in clear', async () => {
    const made = await api.post('/v1/automations', request());
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/automations/${made.body.id}`);
    expect(made.body).toEqual({
      ...request(),
      id: expect.any(String),
      enabled: false,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const row = await api.owner.getRepository(AutomationEntity).findOneByOrFail({ id: made.body.id });
    expect(row.stepsSealed.toString('latin1')).not.toContain('confirmed');
    expect((await api.get(`/v1/automations/${made.body.id}`)).body).toEqual(made.body);
  });

  it('compares statuses upper-case', async () => {
    const made = await api.post('/v1/automations', {
      ...request(),
      trigger: { kind: 'order_status', status: ' paid ' },
    });
    expect(made.body['trigger']).toEqual({ kind: 'order_status', status: 'PAID' });
  });

  it('is switched on and off, however often', async () => {
    const { id } = (await api.post('/v1/automations', request())).body;
    for (const [action, enabled] of [
      ['enable', true],
      ['enable', true],
      ['disable', false],
      ['disable', false],
    ] as const) {
      const turned = await api.post(`/v1/automations/${id}/${action}`);
      expect(turned).toMatchObject({ status: 200, body: { id, enabled } });
    }
  });

  it('is changed in part', async () => {
    const { id } = (await api.post('/v1/automations', request())).body;
    const steps = [{ send: { content, purpose: 'transactional' } }];
    const changed = await api.patch(`/v1/automations/${id}`, { name: 'Renamed', steps });
    expect(changed).toMatchObject({ status: 200, body: { ...request(), name: 'Renamed', steps } });
    expect((await api.get(`/v1/automations/${id}`)).body).toEqual(changed.body);
  });

  it('is deleted once', async () => {
    const { id } = (await api.post('/v1/automations', request())).body;
    await api.post(`/v1/automations/${id}/enable`);
    expect((await api.delete(`/v1/automations/${id}`)).status).toBe(204);
    expect((await api.get(`/v1/automations/${id}`)).status).toBe(404);
    expect((await api.delete(`/v1/automations/${id}`)).status).toBe(404);
    expect((await api.post(`/v1/automations/${id}/enable`)).status).toBe(404);
    const row = await api.owner.getRepository(AutomationEntity).findOneByOrFail({ id });
    expect(row.enabled).toBe(false);
  });

  const send = (change: object) => ({ steps: [{ send: { content, purpose: 'promotional', ...change } }] });
  const ask = (change: object) => ({ steps: [{ ask: { topicId: STRANGER, ...change } }] });
  const WRONG: [string, object, string][] = [
    ['no name', { name: '' }, 'name'],
    ['no Page', { pageIds: [] }, 'pageIds'],
    ['a Page that is not there', { pageIds: [STRANGER] }, 'pageIds'],
    ['no trigger', { trigger: undefined }, 'trigger'],
    ['a trigger of later', { trigger: { kind: 'keyword', status: 'X' } }, 'trigger.kind'],
    ['a trigger that is none', { trigger: { kind: 'moon', status: 'X' } }, 'trigger.kind'],
    ['no status', { trigger: { kind: 'order_status' } }, 'trigger.status'],
    ['a strange topic', { trigger: { kind: 'order_status', status: 'X', topicId: STRANGER } }, 'trigger.topicId'],
    ['no steps', { steps: [] }, 'steps'],
    ['a step that is a text', { steps: ['ask'] }, 'steps[0]'],
    ['a step of nothing', { steps: [{}] }, 'steps[0]'],
    ['a step of later', { steps: [{ wait: { for: 'P1D' } }] }, 'steps[0].wait'],
    ['a step that is none', { steps: [{ dance: {} }] }, 'steps[0].dance'],
    ['a step without topic', { steps: [{ ask: {} }] }, 'steps[0].ask.topicId'],
    ['a step of a strange topic', ask({}), 'steps[0].ask.topicId'],
    ['a patience of months', ask({ expiresAfter: 'P1M' }), 'steps[0].ask.expiresAfter'],
    ['a patience of nothing', ask({ expiresAfter: 'PT0S' }), 'steps[0].ask.expiresAfter'],
    ['a word that is none', ask({ whenNotAllowed: 'refuse' }), 'steps[0].ask.whenNotAllowed'],
    ['a content Meta would refuse', send({ content: {} }), 'steps[0].send.content.text'],
    ['a purpose that is none', send({ purpose: 'fun' }), 'steps[0].send.purpose'],
    ['a lane of later', send({ lane: 'news' }), 'steps[0].send.lane'],
    ['lane paid without campaign', send({ lane: 'paid' }), 'steps[0].send.campaignId'],
    ['a strange campaign', send({ campaignId: STRANGER }), 'steps[0].send.campaignId'],
    ['a sequence', { sequenceId: STRANGER }, 'sequenceId'],
  ];

  it.each(WRONG)('with %s is refused, naming the field', async (_case, wrong, field) => {
    const before = await api.owner.getRepository(AutomationEntity).count();
    const refused = await api.post('/v1/automations', { ...request(), ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((error) => error.field)).toContain(field);
    expect(await api.owner.getRepository(AutomationEntity).count()).toBe(before);
  });

  it('is not changed to what is wrong', async () => {
    const { id } = (await api.post('/v1/automations', request())).body;
    const refused = await api.patch(`/v1/automations/${id}`, { name: 'Renamed', steps: [{}] });
    expect(refused).toMatchObject({ status: 422, body: { errors: [expect.objectContaining({ field: 'steps[0]' })] } });
    expect((await api.get(`/v1/automations/${id}`)).body['name']).toBe('Order confirmed');
  });

  it('that is put on another Page must not ask for topics of the former one', async () => {
    const { id } = (await api.post('/v1/automations', request())).body;
    const refused = await api.patch(`/v1/automations/${id}`, { pageIds: [await connectedPage(api)] });
    expect(refused.body.errors.map(({ field }) => field)).toEqual([
      'trigger.topicId',
      'steps[0].ask.topicId',
      'steps[1].send.campaignId',
    ]);
  });

  it('is listed by Page, and not to another workspace', async () => {
    const other = await connectedPage(api);
    const made = await api.post('/v1/automations', {
      ...request(),
      ...send({}),
      trigger: { kind: 'order_status', status: 'X' },
      pageIds: [other],
    });
    const { body } = await api.get(`/v1/automations?pageId=${other}`);
    expect(body).toEqual({ data: [made.body], nextCursor: null });
    const key = await api.otherKey();
    expect((await api.get('/v1/automations', { key })).body.data).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['POST', '/disable'],
    ] as const) {
      expect((await api.call(method, `/v1/automations/${made.body.id}${path}`, { key })).status).toBe(404);
    }
  });
});
