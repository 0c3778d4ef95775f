import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from './support/http-client';
import type { Json } from './support/wire';
import { ALL_FIELDS, APP, Sandbox, type TestPage } from './support/sandbox';
import { WebhookReceiver } from './support/webhook-receiver';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

beforeEach(async () => {
  await sandbox.quiet();
  sandbox.receiver.deliveries.length = 0;
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

async function sendTo(
  order: Record<string, unknown>,
): Promise<{ person: { psid: string; token: string }; campaign: string }> {
  const person = await sandbox.createPerson(order);
  const campaign = await sandbox.createCampaign();
  await sandbox.send(campaign, person.token);
  await sandbox.advance('PT1H');
  return { person, campaign };
}

async function says(text: string, page: TestPage = sandbox.page): Promise<void> {
  const person = await sandbox.createPerson({ pageId: page.id, source: 'none' });
  await sandbox.control('POST', `/people/${person.psid}/message`, { text });
}

function subscribe(page: TestPage, fields: string, more = ''): Promise<Json> {
  return sandbox
    .graph('POST', `/${page.id}/subscribed_apps?subscribed_fields=${fields}${more}`, page.pageToken)
    .then(({ json }) => json);
}

describe('The signature', () => {
  it('covers the exact bytes, with everything beyond ASCII as a lowercase escape', async () => {
    await says('Grüße, 你好 👋');
    await sandbox.quiet();
    const [delivery] = sandbox.receiver.deliveries;
    expect(delivery?.raw.toString('latin1')).toContain('Gr\\u00fc\\u00dfe, \\u4f60\\u597d \\ud83d\\udc4b');
    const expected = createHmac('sha256', APP.secret)
      .update(delivery?.raw ?? '')
      .digest('hex');
    expect(delivery?.signature).toBe(`sha256=${expected}`);
    expect(sandbox.receiver.events[0]?.message.text).toBe('Grüße, 你好 👋');
  });
});

describe('A subscription', () => {
  it('is refused unless the app echoes the challenge under its verify token', async () => {
    const page = await sandbox.createPage();
    sandbox.receiver.challengeAnswer = 'something else';
    const refused = await subscribe(page, 'messages');
    sandbox.receiver.challengeAnswer = undefined;
    expect(refused.error?.code).toBe(2200);
    expect(await subscribe(page, 'messages')).toEqual({ success: true });
    const challenge = sandbox.receiver.challenges.at(-1);
    expect(challenge?.get('hub.mode')).toBe('subscribe');
    expect(challenge?.get('hub.verify_token')).toBe(APP.verifyToken);
    const { json } = await sandbox.graph('GET', `/${page.id}/subscribed_apps`, page.pageToken);
    expect(json.data).toEqual([expect.objectContaining({ id: APP.id, subscribed_fields: ['messages'] })]);
  });

  it('delivers its own fields only, and none after it ended', async () => {
    const page = await sandbox.createPage();
    await subscribe(page, 'messaging_postbacks');
    await says('not subscribed', page);
    const [person] = await sandbox.createPeople({ pageId: page.id, source: 'none' });
    await sandbox.control('POST', `/people/${person?.id ?? ''}/tap`, { payload: 'P1', text: 'Go' });
    await sandbox.quiet();
    expect(sandbox.receiver.events).toEqual([
      expect.objectContaining({ postback: expect.objectContaining({ title: 'Go', payload: 'P1' }) }),
    ]);
    await sandbox.graph('DELETE', `/${page.id}/subscribed_apps`, page.pageToken);
    await sandbox.control('POST', `/people/${person?.id ?? ''}/tap`, { payload: 'P2' });
    await sandbox.quiet();
    expect(sandbox.receiver.events).toHaveLength(1);
  });

  it('of two apps makes both receive, each with its own signature', async () => {
    const other = await WebhookReceiver.start();
    const app = { id: '9001000000000002', secret: 'another secret', verifyToken: 'v2', webhookUrl: other.url };
    await sandbox.control('POST', '/apps', app);
    const page = await sandbox.createPage();
    await subscribe(page, 'messages', `&app_id=${APP.id}`);
    await subscribe(page, 'messages', `&app_id=${app.id}`);
    await says('to both', page);
    await sandbox.quiet();
    const [delivery] = other.deliveries;
    expect(sandbox.receiver.events).toHaveLength(1);
    expect(other.events).toEqual(sandbox.receiver.events);
    expect(delivery?.signature).toBe(
      `sha256=${createHmac('sha256', app.secret)
        .update(delivery?.raw ?? '')
        .digest('hex')}`,
    );
    await other.close();
  });
});

describe('A paid message is reported', () => {
  const members = (event: object = {}): string[] => Object.keys(event).sort();
  const common = ['message_id', 'messenger_subscription_token', 'page_id', 'timestamp'];

  it.each([
    ['echoes', { clickRate: 1 }, ['app_id', 'field', 'marketing_message_tracking_id', 'mid', 'recipient_id']],
    ['deliveries', { clickRate: 1 }, ['app_id', 'field', 'marketing_message_tracking_id', 'mid', 'recipient_id']],
    ['reads', { clickRate: 1 }, ['app_id', 'field', 'marketing_message_tracking_id', 'recipient_id']],
    ['clicks', { clickRate: 1 }, ['field', 'mid', 'recipient_id']],
  ])('by %s with exactly the members of the wire contract', async (kind, settings, extra) => {
    await sandbox.settings({ readRate: 1, ...settings });
    await sendTo({});
    const [event] = sandbox.receiver.ofField(`marketing_message_${kind}`);
    expect(members(event)).toEqual([...common, ...extra].sort());
    expect(event?.timestamp).toBeLessThan(10 ** 12);
  });

  it('as failed with a text and no field, code, person or tracking id', async () => {
    await sandbox.settings({ failRate: 1 });
    await sendTo({});
    await sandbox.settings({ failRate: 0 });
    const event = sandbox.receiver.events.at(-1);
    expect(members(event)).toEqual([...common, 'app_id', 'business_id', 'error_message'].sort());
    const changes = sandbox.receiver.deliveries.at(-1)?.body.entry[0].changes;
    expect(changes?.at(-1)?.field).toBe('marketing_message_delivery_failed');
  });

  it('without naming a person who came from a contact list, or with null where that is set', async () => {
    await sendTo({ source: 'SUBSCRIBER_LIST', list: 'Spring' });
    const [echo] = sandbox.receiver.ofField('marketing_message_echoes');
    expect(echo).not.toHaveProperty('recipient_id');
    expect(echo).not.toHaveProperty('mid');
    await sandbox.settings({ listRecipientId: 'null' });
    await sendTo({ source: 'SUBSCRIBER_LIST', list: 'Spring' });
    expect(sandbox.receiver.ofField('marketing_message_echoes').at(-1)?.recipient_id).toBeNull();
  });

  it('flat and in milliseconds where that is set', async () => {
    await sandbox.settings({ envelope: 'flat', timestamps: 'ms' });
    await sendTo({});
    await sandbox.settings({ envelope: 'changes', timestamps: 's' });
    const [change] = sandbox.receiver.deliveries[0]?.body.entry[0].changes ?? [];
    expect(change).toMatchObject({ field: 'marketing_message_echoes', page_id: sandbox.page.id });
    expect(change?.timestamp).toBeGreaterThan(10 ** 12);
  });
});

describe('An opt-out', () => {
  it.each([
    ['optins_stop', { optin: expect.objectContaining({ notification_messages_status: 'STOP NOTIFICATIONS' }) }],
    ['optouts', { optout: expect.objectContaining({ type: 'notification_messages' }) }],
  ])('is reported as %s where that is set', async (optOutNotice, event) => {
    await sandbox.settings({ optOutNotice });
    const person = await sandbox.createPerson();
    await sandbox.control('POST', `/people/${person.id}/opt-out`);
    await sandbox.quiet();
    await sandbox.settings({ optOutNotice: 'optins_stop' });
    expect(sandbox.receiver.events).toEqual([expect.objectContaining(event)]);
  });

  it.each(['CTM', 'SUBSCRIBER_LIST'])('of someone who came by %s is not reported', async (source) => {
    const person = await sandbox.createPerson({ source });
    await sandbox.control('POST', `/people/${person.id}/opt-out`);
    await sandbox.quiet();
    expect(sandbox.receiver.events).toEqual([]);
  });

  it('can be taken back: the same token, and a notice that says so', async () => {
    const person = await sandbox.createPerson();
    await sandbox.control('POST', `/people/${person.id}/opt-out`, { notice: 'none' });
    await sandbox.control('POST', `/people/${person.id}/opt-in`);
    await sandbox.quiet();
    expect(sandbox.receiver.events[0]?.optin).toMatchObject({
      notification_messages_token: person.token,
      user_token_status: 'REFRESHED',
      notification_messages_status: 'RESUME NOTIFICATIONS',
    });
  });
});

describe('A webhook that is not acknowledged', () => {
  it('is tried again until it is, and counts as unacknowledged meanwhile', async () => {
    sandbox.receiver.nextStatuses = [500, 500];
    await says('again');
    await sandbox.until(() => sandbox.receiver.deliveries.length >= 1);
    await sandbox.quiet();
    expect(sandbox.receiver.events.map(({ message }) => message.text)).toEqual(['again', 'again', 'again']);
    const { data } = (await sandbox.control('GET', '/webhooks?field=messages')).json;
    expect(data.slice(-3).map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 500],
      [2, 500],
      [3, 200],
    ]);
    expect(new Set(data.slice(-3).map(({ eventId }) => eventId)).size).toBe(1);
  });

  it('stays unacknowledged while nobody listens and arrives once somebody does', async () => {
    const page = await sandbox.createPage();
    const late = await WebhookReceiver.start();
    await sandbox.control('POST', '/apps', { id: '9001000000000003', webhookUrl: late.url, verifyToken: 'v' });
    await subscribe(page, ALL_FIELDS, '&app_id=9001000000000003');
    await sandbox.control('POST', '/apps', { id: '9001000000000003', webhookUrl: 'http://127.0.0.1:1/hook' });
    await says('later', page);
    await sandbox.until(async () => {
      const { data } = (await sandbox.control('GET', '/webhooks?status=0')).json;
      return data.length > 0;
    });
    expect((await sandbox.control('GET', '')).json.unacknowledged).toBe(1);
    await sandbox.control('POST', '/apps', { id: '9001000000000003', webhookUrl: late.url });
    await sandbox.quiet();
    expect(late.events).toHaveLength(1);
    await late.close();
  });
});

describe('Faults of webhooks', () => {
  it('deliver twice, never, or late and so out of order', async () => {
    await sandbox.settings({ webhookDuplicateShare: 1 });
    await says('twice');
    await sandbox.quiet();
    expect(sandbox.receiver.events).toHaveLength(2);

    await sandbox.settings({ webhookDuplicateShare: 0, webhookLossShare: 1 });
    await says('never');
    await sandbox.quiet();
    expect(sandbox.receiver.events).toHaveLength(2);

    await sandbox.settings({ webhookLossShare: 0, webhookLateShare: 1, webhookLateMs: 60_000 });
    await says('late');
    await sandbox.settings({ webhookLateShare: 0 });
    await says('early');
    await sandbox.advance('PT1M');
    const texts = sandbox.receiver.events.map(({ message }) => message.text);
    expect(texts.slice(2)).toEqual(['early', 'late']);
  });

  it('delay every webhook by the business time that is set', async () => {
    await sandbox.settings({ webhookDelayMs: 600_000 });
    await says('in ten minutes');
    await sandbox.settings({ webhookDelayMs: 0 });
    await sandbox.advance('PT9M59S');
    expect(sandbox.receiver.events).toHaveLength(0);
    await sandbox.advance('PT1S');
    expect(sandbox.receiver.events).toHaveLength(1);
  });
});

it('packs many events into few requests, and each into its own where that is set', async () => {
  await sandbox.createPeople({ count: 250, source: 'none', windowOpen: true });
  await sandbox.quiet();
  expect(sandbox.receiver.events).toHaveLength(250);
  expect(sandbox.receiver.deliveries.length).toBeLessThanOrEqual(4);
  sandbox.receiver.deliveries.length = 0;
  await sandbox.settings({ webhookBatchSize: 1 });
  await sandbox.createPeople({ count: 5, source: 'none', windowOpen: true });
  await sandbox.quiet();
  await sandbox.settings({ webhookBatchSize: 100 });
  expect(sandbox.receiver.deliveries).toHaveLength(5);
});

it('sends nothing at all in the profile without webhooks', async () => {
  await sandbox.control('POST', '/reset', { profile: 'no-webhooks' });
  await says('unheard');
  await sendTo({});
  expect(sandbox.receiver.events).toEqual([]);
});
