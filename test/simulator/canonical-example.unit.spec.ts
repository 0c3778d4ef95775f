import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { closeConnections, type Answer } from './support/http-client';
import { Sandbox, type TestPerson } from './support/sandbox';

const START = '2026-11-25T08:00:00.000Z';

let sandbox: Sandbox;
let person: TestPerson;
let campaignId: string;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  await sandbox.freezeAt(START);
  await sandbox.settings({ readRate: 1, clickRate: 1, unitPriceMinor: 5 });
  person = await sandbox.createPerson();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

/** Moves to so many minutes after the start. */
async function at(minutes: number): Promise<void> {
  await sandbox.freezeAt(new Date(Date.parse(START) + minutes * 60_000).toISOString());
  await sandbox.quiet();
}

function send(): Promise<Answer> {
  return sandbox.send(campaignId, person.token);
}

it('plays the canonical example of the wire contract, from creation to opt-out', async () => {
  campaignId = await sandbox.createCampaign({}, { ready: false });

  await at(1);
  expect((await send()).json.error?.code).toBe(2300012);
  await at(61);
  expect((await send()).json.error?.code).toBe(2300041);
  await at(75);
  const accepted = await send();
  expect(accepted.json).toEqual({ success: true, marketing_message_tracking_id: expect.any(String) });
  const trackingId = accepted.json.marketing_message_tracking_id;

  await at(76);
  const named = { message_id: campaignId, messenger_subscription_token: person.token, page_id: sandbox.page.id };
  const tracked = { ...named, marketing_message_tracking_id: trackingId };
  expect(sandbox.receiver.ofField('marketing_message_echoes')).toEqual([
    expect.objectContaining({ ...tracked, mid: expect.stringMatching(/^m_/), recipient_id: person.psid }),
  ]);
  expect(sandbox.receiver.ofField('marketing_message_deliveries')).toEqual([expect.objectContaining(tracked)]);
  const summary = await sandbox.control('GET', `/sends/summary?campaignId=${campaignId}`);
  expect(summary.json).toMatchObject({ accepted: 1, spentMinor: 5, reservedMinor: 0 });

  await at(80);
  const cooling = await send();
  expect(cooling.status).toBe(400);
  expect(cooling.json.error).toMatchObject({ code: 2300035, error_data: { remaining_seconds: 42_900 } });

  await at(95);
  expect(sandbox.receiver.ofField('marketing_message_reads')).toEqual([expect.objectContaining(tracked)]);
  const [click] = sandbox.receiver.ofField('marketing_message_clicks');
  expect(click).toMatchObject(named);
  expect(click).not.toHaveProperty('marketing_message_tracking_id');

  await at(13 * 60 + 15);
  expect((await send()).json.success).toBe(true);

  await at(13 * 60 + 20);
  const before = sandbox.receiver.events.length;
  await sandbox.control('POST', `/people/${person.id}/opt-out`, { notice: 'none' });
  await sandbox.quiet();
  expect(sandbox.receiver.events.slice(before)).toEqual([]);

  await at(26 * 60);
  expect((await send()).json.error?.code).toBe(2300034);
  const list = await sandbox.graph('GET', `/${sandbox.page.id}/notification_message_tokens`, sandbox.page.pageToken);
  expect(list.json.data).toEqual([
    expect.objectContaining({ notification_messages_token: person.token, notification_messages_reoptin: 'DISABLED' }),
  ]);
});
