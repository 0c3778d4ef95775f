import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeConnections } from './support/http-client';
import { Sandbox } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  const subscription = `/${sandbox.page.id}/subscribed_apps?subscribed_fields=messaging_policy_enforcement`;
  await sandbox.graph('POST', subscription, sandbox.page.pageToken);
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

const enforce = (action: string, reason?: string): Promise<{ status: number }> =>
  sandbox.control('POST', `/pages/${sandbox.page.id}/policy`, { action, ...(reason !== undefined && { reason }) });

/** What Meta answers to a paid and to an ordinary message of the Page. */
async function errorsOfBoth(): Promise<unknown[]> {
  const person = await sandbox.createPerson({ windowOpen: true });
  const paid = await sandbox.send(await sandbox.createCampaign(), person.token);
  const message = { recipient: { id: person.psid }, messaging_type: 'RESPONSE', message: { text: 'Hello' } };
  const ordinary = await sandbox.graph('POST', `/${sandbox.page.id}/messages`, sandbox.page.pageToken, message);
  return [paid, ordinary].map(({ json }) => [json.error?.code, json.error?.error_subcode]);
}

describe('A policy that Meta enforces on a Page (SIM-49)', () => {
  it('only warns it at first', async () => {
    expect(await enforce('warning', 'Spam')).toMatchObject({ status: 200 });
    expect(await errorsOfBoth()).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('keeps it from sending paid and ordinary messages while it is blocked', async () => {
    await enforce('block', 'Spam');
    expect(await errorsOfBoth()).toEqual([
      [2_300_039, undefined],
      [10, 1_893_063],
    ]);
    await enforce('unblock');
    expect(await errorsOfBoth()).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('is told to the apps that listen, each later than the one before, an unblock without a reason', async () => {
    await sandbox.quiet();
    const told = sandbox.receiver.deliveries
      .flatMap(({ body }) => body.entry[0].messaging ?? [])
      .filter((event) => 'policy_enforcement' in event);
    const times = told.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    const recipient = { id: sandbox.page.id };
    expect(told).toEqual([
      { recipient, timestamp: expect.any(Number), policy_enforcement: { action: 'warning', reason: 'Spam' } },
      { recipient, timestamp: expect.any(Number), policy_enforcement: { action: 'block', reason: 'Spam' } },
      { recipient, timestamp: expect.any(Number), policy_enforcement: { action: 'unblock' } },
    ]);
  });

  it('is one of three', async () => {
    expect(await enforce('forgive')).toMatchObject({ status: 422 });
    expect(await sandbox.control('POST', '/pages/0/policy', { action: 'block' })).toMatchObject({ status: 404 });
  });
});
