import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WINDOW_MS } from '../../domain/rules/window-rules';
import {
  CampaignEntity,
  CampaignMessageEntity,
  ConsentEventEntity,
  InboxEntity,
  OptInRequestEntity,
  OrderEventEntity,
  PageEntity,
  SendEntity,
  SendStateEntity,
  SubscriberEntity,
} from '../../src/persistence/entities';
import type { InboxKeys } from '../../src/inbox/inbox-keys';
import { inboxLane } from '../../src/inbox/inbox-lane';
import { LookupHash } from '../../src/security/lookup-hash';
import { uuidV7 } from '../../src/security/uuid-v7';
import { identityHash } from '../../src/subscribers/identity-hash';
import type { JsonBody } from './api-under-test';
import { ApiUnderTest } from './api-under-test';
import { connectedPage } from './fixtures';
import { inHours, person, topic } from './people';

describe('The timeline of a person', () => {
  let api: ApiUnderTest;
  let id: string;
  let topicId: string;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    const pageId = await connectedPage(api);
    topicId = await topic(api, pageId);
    id = await person(api, pageId, { windowUntil: inHours(24 - 10) });
    await tell(pageId);
  });
  afterAll(() => api.stop());

  /** Wrote 10 h ago, was asked, opted in, ordered, and got one message. */
  async function tell(pageId: string): Promise<void> {
    const whose = { workspaceId: api.workspaceId, pageId, subscriberId: id };
    const { owner } = api;
    const requests = owner.getRepository(OptInRequestEntity);
    const asking = { topicId, titleKey: 'new arrivals', whenNotAllowed: 'wait' };
    const asked = { requestedAt: inHours(-9), askedAt: inHours(-8), state: 'opted_in' };
    await requests.insert({ id: uuidV7(), ...whose, ...asking, ...asked });
    const refused = { requestedAt: inHours(-3), state: 'refused', ruleId: 'R-03', allowedAt: inHours(160) };
    await requests.insert({ id: uuidV7(), ...whose, ...asking, ...refused, facts: { lastAskedAt: 'then' } });
    const proof = { kind: 'opt_in', source: 'opt_in', applied: true, topicId, shownText: 'New arrivals' };
    await owner.getRepository(ConsentEventEntity).insert({ id: uuidV7(), ...whose, ...proof, occurredAt: inHours(-7) });
    const order = { source: 'shop', orderId: '1042', status: 'CONFIRMED', outcome: 'accepted' };
    await owner.getRepository(OrderEventEntity).insert({ id: uuidV7(), ...whose, ...order, occurredAt: inHours(-6) });
    await sendOne(whose);
  }

  async function sendOne(whose: { workspaceId: string; pageId: string; subscriberId: string }): Promise<void> {
    const { workspaceId, pageId } = whose;
    const { owner } = api;
    const page = await owner.getRepository(PageEntity).findOneByOrFail({ id: pageId });
    const campaignId = page.hiddenCampaignId ?? '';
    const campaignMessageId = uuidV7();
    const content = { contentKey: Buffer.from(campaignMessageId), contentSealed: Buffer.from('sealed') };
    await owner
      .getRepository(CampaignMessageEntity)
      .insert({ id: campaignMessageId, workspaceId, campaignId, ...content });
    const sendId = uuidV7();
    const row = { campaignId, id: sendId, campaignMessageId, lane: 'window', state: 'delivered' };
    await owner.getRepository(SendEntity).insert({ ...whose, ...row });
    for (const [index, state] of ['queued', 'claimed', 'sending', 'accepted', 'delivered'].entries()) {
      const at = inHours(index < 4 ? -5 : -4);
      await owner.getRepository(SendStateEntity).insert({ workspaceId, campaignId, sendId, state, at });
    }
    expect(await owner.getRepository(CampaignEntity).existsBy({ id: campaignId, hidden: true })).toBe(true);
  }

  const KINDS = [
    'window_opened',
    'opt_in_requested',
    'opt_in_asked',
    'opted_in',
    'order_status',
    'message_queued',
    'message_claimed',
    'message_sending',
    'message_accepted',
    'message_delivered',
    'opt_in_refused',
  ];

  it('says what happened in the order in which it happened, newest last', async () => {
    const { status, body } = await api.get(`/v1/subscribers/${id}/timeline`);
    expect(status).toBe(200);
    expect(body.data.map((entry) => entry['kind'])).toEqual(KINDS);
    expect(body.nextCursor).toBeNull();
  });

  it('carries rule, facts, proof and who brought it', async () => {
    const { data } = (await api.get(`/v1/subscribers/${id}/timeline`)).body;
    const of = (kind: string): JsonBody | undefined => data.find((entry) => entry['kind'] === kind);
    expect(of('window_opened')).toMatchObject({ source: 'webhook', until: expect.any(String) });
    expect(of('opt_in_asked')).toMatchObject({ source: 'graph', state: 'opted_in', topicId });
    expect(of('opted_in')).toMatchObject({ source: 'webhook', shownText: 'New arrivals', applied: true });
    expect(of('opt_in_refused')).toMatchObject({ source: 'api', ruleId: 'R-03', facts: { lastAskedAt: 'then' } });
    expect(of('order_status')).toMatchObject({ orderId: '1042', status: 'CONFIRMED', outcome: 'accepted' });
    expect(of('message_delivered')).toMatchObject({ source: 'webhook', lane: 'window', messageId: expect.any(String) });
    expect(of('message_delivered')).not.toHaveProperty('campaignId');
  });

  it.each([1, 2, 3, 4, 7])('is the same in parts of %d', async (limit) => {
    const kinds: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await api.get(`/v1/subscribers/${id}/timeline?limit=${limit}${at}`);
      kinds.push(...body.data.map((entry) => entry['kind']));
      cursor = body.nextCursor;
    }
    expect(kinds).toEqual(KINDS);
  });

  it.each([['[1]'], ['[1,2]'], ['["x",1,"a"]'], ['[99999999999999999,1,"a"]'], ['[1,1,"\\u0000"]'], ['{}'], ['no']])(
    'takes no cursor that is none of it: %s',
    async (cursor) => {
      const encoded = Buffer.from(cursor).toString('base64url');
      const refused = await api.get(`/v1/subscribers/${id}/timeline?cursor=${encoded}`);
      expect(refused.status).toBe(400);
      expect(refused.body.errors.map((error) => error.field)).toEqual(['cursor']);
    },
  );

  it('has every action that opened the window as long as the inbox keeps it, and each once', async () => {
    const pageId = await connectedPage(api);
    const psid = '7351000099';
    const writer = (await api.post('/v1/subscribers', { pageId, psid })).body.id;
    const psidHash = identityHash(api.app.get(LookupHash), 'psid', psid, pageId).toString('hex');
    const newest = inHours(-1);
    const moments = [inHours(-30), inHours(-2), newest];
    const windowUntil = new Date(newest.getTime() + WINDOW_MS);
    await api.owner.getRepository(SubscriberEntity).update({ id: writer }, { windowUntil });
    for (const [index, eventAt] of moments.entries()) {
      const keys = { psidHash: index === 1 ? 'of somebody else' : psidHash, windowOpens: true } as const;
      await acted(pageId, psidHash, eventAt, keys);
    }
    await acted(pageId, psidHash, inHours(-3), { psidHash });
    const { data } = (await api.get(`/v1/subscribers/${writer}/timeline`)).body;
    expect(data.map((entry) => [entry['kind'], entry['at'], entry.detail])).toEqual([
      ['window_opened', moments[0]?.toISOString(), 'message'],
      ['window_opened', newest.toISOString(), 'message'],
    ]);
  });

  async function acted(pageId: string, psidHash: string, eventAt: Date, keys: Partial<InboxKeys>): Promise<void> {
    const lane = inboxLane(pageId, psidHash);
    const row = { day: eventAt.toISOString().slice(0, 10), kind: 'message', eventAt, arrivedAt: eventAt };
    const inbox = api.owner.getRepository(InboxEntity);
    await inbox.insert({ id: uuidV7(), workspaceId: api.workspaceId, pageId, lane, keys: { ...keys }, ...row });
  }
});
