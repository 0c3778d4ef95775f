import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator } from '../../simulator/simulator';
import { call, closeConnections } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

beforeEach(async () => {
  await sandbox.freezeAt('2026-11-25T01:00:00.000Z');
  await sandbox.quiet();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

async function state(): Promise<Json> {
  return (await sandbox.control('GET', '')).json;
}

describe('The clock', () => {
  it('stands still while frozen and runs on from the moment it was set to at a wall moment', async () => {
    const first = await sandbox.now();
    await sandbox.until(() => Date.now() % 5 === 0);
    expect(await sandbox.now()).toBe(first);
    const wallAt = new Date(Date.now() - 60_000).toISOString();
    await sandbox.control('POST', '/clock', { now: '2026-11-25T02:00:00.000Z', wallAt });
    const ranMs = (await sandbox.now()) - Date.parse('2026-11-25T02:01:00.000Z');
    expect(ranMs).toBeGreaterThanOrEqual(0);
    expect(ranMs).toBeLessThan(60_000);
  });

  it('keeps standing when it is only moved on, until it is told to run', async () => {
    const moved = await sandbox.control('POST', '/clock', { advance: 'P1DT2H30M1.5S' });
    expect(moved.json).toEqual({ now: '2026-11-26T03:30:01.500Z', frozen: true });
    const running = await sandbox.control('POST', '/clock', { advance: 'PT1S', frozen: false });
    expect(running.json.frozen).toBe(false);
  });

  it.each([
    [{}],
    [{ advance: 'PT1H', now: '2026-11-25T02:00:00Z' }],
    [{ advance: 'one hour' }],
    [{ advance: 'P' }],
    [{ now: 'tomorrow' }],
    [{ now: 5 }],
  ])('refuses %j with 422', async (body) => {
    const { status, json } = await sandbox.control('POST', '/clock', body);
    expect(status).toBe(422);
    expect(json.errors).toHaveLength(1);
  });

  it('plays by itself what becomes due while it runs', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    await sandbox.send(campaign, person.token);
    await sandbox.control('POST', '/clock', { now: '2026-11-25T01:00:00.990Z' });
    await sandbox.until(
      async () => (await sandbox.control('GET', '/webhooks?field=marketing_message_echoes')).json.data.length > 0,
    );
    expect(sandbox.receiver.ofField('marketing_message_echoes')).toHaveLength(1);
  });
});

describe('Moving the clock', () => {
  it('plays events in the order in which they are due, each at its own time', async () => {
    await sandbox.settings({ readRate: 1, clickRate: 1 });
    const people = await sandbox.createPeople({ count: 20, behaviour: { reply: 1, stop: 1, seed: 3 } });
    const campaign = await sandbox.createCampaign();
    for (const { token } of people) {
      await sandbox.send(campaign, token);
      await sandbox.advance('PT1S');
    }
    sandbox.receiver.deliveries.length = 0;
    await sandbox.advance('P1D');
    const times = sandbox.receiver.events.map(({ timestamp }) =>
      timestamp > 10 ** 12 ? Math.floor(timestamp / 1_000) : timestamp,
    );
    expect(times.length).toBeGreaterThan(60);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('answers when everything due is played, and says what is due next', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    await sandbox.send(campaign, person.token);
    expect(await state()).toMatchObject({ due: 0, nextDueAt: '2026-11-25T01:00:01.000Z' });
    await sandbox.control('POST', '/clock', { advance: 'PT1S' });
    const after = await state();
    expect(after.due).toBe(0);
    expect(Date.parse(after.nextDueAt)).toBeGreaterThan(Date.parse('2026-11-25T01:00:01.000Z'));
    await sandbox.quiet();
    expect(sandbox.receiver.ofField('marketing_message_echoes').at(-1)?.messenger_subscription_token).toBe(
      person.token,
    );
  });
});

describe('The sequence number', () => {
  it('grows with requests, events and answered webhooks, and not by being looked at', async () => {
    await sandbox.quiet();
    const first = (await state()).seq;
    expect((await state()).seq).toBe(first);
    await sandbox.graph('GET', `/${sandbox.page.id}`, sandbox.page.pageToken);
    const second = (await state()).seq;
    expect(second).toBeGreaterThan(first);
    await sandbox.createPerson({ windowOpen: true });
    await sandbox.quiet();
    expect((await state()).seq).toBeGreaterThan(second);
  });
});

describe('A reset', () => {
  it('leaves a clock alone that someone sets', async () => {
    await sandbox.control('POST', '/reset', {});
    expect(await sandbox.now()).toBe(Date.parse('2026-11-25T01:00:00.000Z'));
  });

  it('sets a clock back to the wall that was only moved on', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'));
    const simulator = await startSimulator({ dataDir, host: '127.0.0.1', port: 0, profile: 'happy', seed: 1 });
    const distance = async (): Promise<number> =>
      Date.parse((await call('GET', `${simulator.url}/__sim/clock`)).json.now) - Date.now();
    await call('POST', `${simulator.url}/__sim/clock`, { body: { advance: 'P3D' } });
    expect(await distance()).toBeGreaterThan(2 * 86_400_000);
    await call('POST', `${simulator.url}/__sim/reset`, { body: {} });
    expect(Math.abs(await distance())).toBeLessThan(60_000);
    await simulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
