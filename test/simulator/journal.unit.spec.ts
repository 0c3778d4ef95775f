import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSimulator } from '../../simulator/simulator';
import { call, closeConnections } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox } from './support/sandbox';

let sandbox: Sandbox;
const copies: string[] = [];

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

afterAll(async () => {
  await sandbox.close();
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  closeConnections();
});

/** What a kill at this very moment would leave: the directory as it is, while the simulator lives on. */
function directoryAsIfKilled(): string {
  const copy = mkdtempSync(join(tmpdir(), 'simulator-copy-'));
  copies.push(copy);
  cpSync(sandbox.dataDir, copy, { recursive: true });
  return copy;
}

async function readAfterKill(dataDir: string, ...paths: string[]): Promise<Json[]> {
  const simulator = await startSimulator({ dataDir, host: '127.0.0.1', port: 0, profile: 'happy', seed: 7 });
  const answers = await Promise.all(paths.map((path) => call('GET', `${simulator.url}/__sim${path}`)));
  await simulator.close();
  return answers.map(({ json }) => json);
}

describe('A kill', () => {
  it('loses nothing a caller got an answer for', async () => {
    const people = await sandbox.createPeople({ count: 50 });
    const campaign = await sandbox.createCampaign();
    const answers = await Promise.all(people.map(({ token }) => sandbox.send(campaign, token)));
    const killed = directoryAsIfKilled();
    const paths = [
      `/sends?campaignId=${campaign}`,
      `/sends/summary?campaignId=${campaign}`,
      '/clock',
      '/requests?path=/messages',
    ];
    const [sends, summary, clock, requests] = await readAfterKill(killed, ...paths);
    const tracked = answers.map(({ json }) => json.marketing_message_tracking_id);
    expect(new Set(sends?.data.map((send) => send.trackingId))).toEqual(new Set(tracked));
    expect(summary).toMatchObject({ accepted: 50, reservedMinor: 250 });
    expect(clock).toEqual({ now: new Date(await sandbox.now()).toISOString(), frozen: true });
    expect(requests?.data).toHaveLength(50);
  });

  it('keeps what was going to happen, and webhooks nobody acknowledged', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    await sandbox.advance('PT1H');
    await sandbox.control('POST', '/apps', { id: '9001000000000001', webhookUrl: 'http://127.0.0.1:1/' });
    await sandbox.send(campaign, person.token);
    await sandbox.control('POST', '/clock', { advance: 'PT1S' });
    const before = (await sandbox.control('GET', '')).json;
    expect(before.unacknowledged).toBe(1);
    const [after] = await readAfterKill(directoryAsIfKilled(), '');
    expect(after).toMatchObject({ nextDueAt: before.nextDueAt, unacknowledged: 1, profile: 'happy' });
    await sandbox.control('POST', '/apps', { id: '9001000000000001', webhookUrl: sandbox.receiver.url });
    await sandbox.quiet();
  });

  it('in the middle of a write tears the last line only, and that was never answered', async () => {
    const killed = directoryAsIfKilled();
    const journal = join(killed, 'journal.ndjson');
    const whole = readFileSync(journal, 'utf8');
    appendFileSync(journal, '{"q":999999,"c":[["pages","1",{"id"');
    const [pages] = await readAfterKill(killed, '/pages');
    expect(pages?.data).toHaveLength(1);
    expect(readFileSync(journal, 'utf8').startsWith(whole)).toBe(true);
    const [again] = await readAfterKill(killed, '/pages');
    expect(again).toEqual(pages);
  });
});

describe('A restart', () => {
  it('goes on counting: sequence, ids and cool-downs', async () => {
    const person = await sandbox.createPerson();
    const campaign = await sandbox.createCampaign();
    await sandbox.send(campaign, person.token);
    const before = (await sandbox.control('GET', '')).json.seq;
    await sandbox.restart();
    expect((await sandbox.control('GET', '')).json.seq).toBeGreaterThanOrEqual(before);
    expect((await sandbox.send(campaign, person.token)).json.error?.code).toBe(2300035);
    const other = await sandbox.createPerson();
    expect([other.id, other.psid]).not.toEqual([person.id, person.psid]);
    expect(await sandbox.createCampaign()).not.toBe(campaign);
  });
});

describe('The same seed', () => {
  it('gives the same ids and the same fates', async () => {
    const play = async (): Promise<unknown> => {
      const one = await Sandbox.start();
      await one.settings({ readRate: 0.5, failRate: 0.2 });
      const people = await one.createPeople({ count: 30 });
      const campaign = await one.createCampaign();
      for (const { token } of people) await one.send(campaign, token);
      await one.advance('PT1H');
      const { data } = (await one.control('GET', '/sends')).json;
      await one.close();
      return data.map(({ psid, token, status }) => [psid, token, status]);
    };
    expect(await play()).toEqual(await play());
  });
});
