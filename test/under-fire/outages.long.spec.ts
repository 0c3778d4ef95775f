import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { RunningStack } from '../support/running-stack';
import { FirePage } from './fire-page';
import { goesOn } from './kills';
import {
  asOwner,
  holdAllConnections,
  letTimePass,
  loseTemporalData,
  order,
  surviveTo,
  underWay,
  webhookStatuses,
} from './outages';

/** Issue and brief: what goes on by itself goes on within this, after the database's or Temporal's return. */
const BACK_WITHIN_MS = 15_000;
/** A shop's own time-out; an answer that waits for Temporal would pass it. */
const ANSWER_WITHIN_MS = 5_000;
const PEOPLE = 400;
const SENDS_PER_SECOND = 25;
const MINUTES = 30;
/** How long connections are held, wall clock. */
const HELD_MS = 4_000;

describe('A campaign during an outage', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await RunningStack.start();
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  const openPage = (): Promise<FirePage> => FirePage.open(stack, { people: PEOPLE, sendsPerSecond: SENDS_PER_SECOND });

  async function timeToGoOn(page: FirePage, after: string): Promise<number> {
    const startedMs = performance.now();
    await goesOn(stack, page, after);
    return performance.now() - startedMs;
  }

  it('goes on when Temporal was away for half an hour, and nothing that came meanwhile was refused or lost', async () => {
    const page = await openPage();
    await stack.ok('POST', '/v1/automations', {
      name: 'Thanks',
      pageIds: [page.pageId],
      trigger: { kind: 'order_status', status: 'CONFIRMED' },
      steps: [{ send: { content: { text: 'Thank you for your order.' }, purpose: 'transactional' } }],
    });
    await enableAutomations(stack);
    await page.startCampaign('messages', PEOPLE / 2);
    await underWay(page);

    const since = new Date().toISOString();
    stack.signal('temporal', 'SIGSTOP');
    await page.choose(PEOPLE / 2);
    const answers: { status: number; tookMs: number }[] = [];
    for (const { psid } of page.people.slice(0, MINUTES)) {
      await stack.control('POST', `people/${psid}/message`, { text: 'Hello' });
      answers.push(await order(page, psid));
      await letTimePass(stack, '1 minute');
    }
    await stack.control('POST', `people/${page.people.at(-1)?.psid ?? ''}/message`, { text: 'STOP' });
    stack.signal('temporal', 'SIGCONT');
    const backMs = await timeToGoOn(page, 'Temporal was away');

    const { violations } = await surviveTo(stack, page, 'Temporal away for 30 minutes', { kills: 0, backMs });
    expect(violations).toEqual([]);
    expect(answers.filter(({ status, tookMs }) => status !== 202 || tookMs > ANSWER_WITHIN_MS)).toEqual([]);
    expect(await webhookStatuses(stack, since)).toEqual([200]);
    expect((await stack.control('GET', 'sends?kind=standard')).data).toHaveLength(MINUTES);
    expect(await owed(stack)).toBe(0);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  }, 400_000);

  it("goes on when all of Temporal's data is lost, and whoever was held gets theirs", async () => {
    const page = await openPage();
    await page.startCampaign('messages', PEOPLE / 2);
    await underWay(page, 0.5);
    const startedMs = performance.now();
    const pid = loseTemporalData(stack);
    await page.choose(PEOPLE / 2);
    await stack.successor('temporal', pid);
    await goesOn(stack, page, "all of Temporal's data was lost");
    const backMs = performance.now() - startedMs;
    await page.completed(120_000);

    const held = await heldMessages(stack, page);
    loseTemporalData(stack);
    const { violations } = await surviveTo(stack, page, "Temporal's data lost", { kills: 2, backMs });
    expect(violations).toEqual([]);
    expect(await statesOf(stack, held)).toEqual(new Set(['delivered', 'read', 'clicked']));
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  }, 400_000);

  it('goes on when Postgres is killed, and when it is restarted', async () => {
    const page = await openPage();
    await page.startCampaign('messages');
    await underWay(page);
    const times: number[] = [];
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const startedMs = performance.now();
      await stack.successor('postgres', stack.signal('postgres', signal));
      await goesOn(stack, page, `Postgres got ${signal}`);
      times.push(performance.now() - startedMs);
    }
    const backMs = Math.max(...times);
    const { violations } = await surviveTo(stack, page, 'Postgres killed and restarted', { kills: 2, backMs });
    expect(violations).toEqual([]);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  }, 400_000);

  it('goes on when others held every connection of Postgres', async () => {
    const page = await openPage();
    await page.startCampaign('messages');
    await underWay(page);
    const letGo = await holdAllConnections(stack);
    expect((await stack.call('GET', '/health/ready')).status).toBe(503);
    await stack.control('POST', `people/${page.people.at(-1)?.psid ?? ''}/message`, { text: 'STOP' });
    await pause(HELD_MS);
    await letGo();
    const backMs = await timeToGoOn(page, 'every connection was held');
    const { violations } = await surviveTo(stack, page, 'connections exhausted', { kills: 0, backMs });
    expect(violations).toEqual([]);
    expect(backMs).toBeLessThan(BACK_WITHIN_MS);
  }, 400_000);
});

async function enableAutomations(stack: RunningStack): Promise<void> {
  const { data } = await stack.ok('GET', '/v1/automations');
  for (const { id } of data) await stack.ok('POST', `/v1/automations/${id}/enable`);
}

/** Chooses people for another campaign who must wait for their slot. @returns its id */
async function heldMessages(stack: RunningStack, page: FirePage): Promise<string> {
  const { pageId } = page;
  const { now } = await stack.ok('GET', '/v1/sandbox/clock');
  const campaign = await stack.insist('POST', '/v1/campaigns', {
    name: 'Held',
    pageId,
    kind: 'direct',
    content: { text: 'One more thing.' },
    budget: { type: 'lifetime', amountMinor: 1_000_000, currency: 'USD' },
    schedule: { startAt: now, endAt: new Date(Date.parse(now) + 10 * 86_400_000).toISOString() },
    whenSlotTaken: 'hold',
  });
  await stack.insist('POST', `/v1/campaigns/${campaign.id}/start`);
  await stack.advance('PT2H');
  const recipients = (await stack.subscriberIds(`&pageId=${pageId}`))
    .slice(0, 20)
    .map((subscriberId) => ({ subscriberId }));
  await stack.insist('POST', `/v1/campaigns/${campaign.id}/messages`, { recipients });
  await stack.until(`/v1/campaigns/${campaign.id}`, ({ counts }) => counts.held === recipients.length);
  return campaign.id as string;
}

async function statesOf(stack: RunningStack, campaignId: string): Promise<Set<string>> {
  const { data } = await stack.ok('GET', `/v1/campaigns/${campaignId}/recipients?limit=200`);
  return new Set(data.map(({ state }: { state: string }) => state));
}

/** How many workflows are behind what the rows say they owe, and how many wakes nobody delivered. */
function owed(stack: RunningStack): Promise<number> {
  return asOwner(stack, async (database) => {
    const { rows } = await database.query<{ owed: string }>(
      `SELECT (SELECT count(*) FROM waits WHERE wake_seq > acted_seq) + (SELECT count(*) FROM outbox) AS owed`,
    );
    return Number(rows[0]?.owed);
  });
}
