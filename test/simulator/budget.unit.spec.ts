import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeConnections, type Answer } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox, type TestPerson } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  await sandbox.settings({ unitPriceMinor: 100 });
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

function sendAll(messageId: string, people: readonly TestPerson[]): Promise<Answer[]> {
  return Promise.all(people.map(({ token }) => sandbox.send(messageId, token)));
}

function codesOf(answers: readonly Answer[]): unknown[] {
  return answers.map(({ json }) => (json.success === true ? 'accepted' : json.error?.code));
}

async function summary(messageId: string): Promise<Json> {
  return (await sandbox.control('GET', `/sends/summary?campaignId=${messageId}`)).json;
}

describe('A lifetime budget', () => {
  it('is never overspent by sends at the same time, not even by one', async () => {
    const people = await sandbox.createPeople({ count: 60 });
    const messageId = await sandbox.createCampaign({ lifetime_budget: 2_550 });
    const codes = codesOf(await sendAll(messageId, people));
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(25);
    expect(codes.filter((code) => code === 2300053)).toHaveLength(35);
    expect(await summary(messageId)).toMatchObject({ accepted: 25, reservedMinor: 2_500, spentMinor: 0 });
    await sandbox.advance('PT1M');
    expect(await summary(messageId)).toMatchObject({ reservedMinor: 0, spentMinor: 2_500 });
  });

  it('gets back what messages that fail had reserved', async () => {
    const people = await sandbox.createPeople({ count: 20 });
    const messageId = await sandbox.createCampaign({ lifetime_budget: 2_000 });
    await sandbox.settings({ failRate: 0.5 });
    await sendAll(messageId, people);
    await sandbox.advance('PT1M');
    await sandbox.settings({ failRate: 0 });
    const failed = (await sandbox.control('GET', `/sends?campaignId=${messageId}&outcome=failed`)).json.data.length;
    expect(failed).toBeGreaterThan(0);
    expect(await summary(messageId)).toMatchObject({ reservedMinor: 0, spentMinor: 2_000 - failed * 100 });
    expect(sandbox.receiver.events.filter(({ error_message: text }) => text !== undefined)).toHaveLength(failed);
  });

  it('can be raised and sends go on, but not lowered below what is used', async () => {
    const people = await sandbox.createPeople({ count: 3 });
    const messageId = await sandbox.createCampaign({ lifetime_budget: 200 });
    await sendAll(messageId, people.slice(0, 2));
    expect(codesOf(await sendAll(messageId, people.slice(2)))).toEqual([2300053]);
    const change = (lifetime: number): Promise<Answer> =>
      sandbox.graph('POST', `/${messageId}`, sandbox.page.systemUserToken, { lifetime_budget: lifetime });
    expect((await change(199)).json.error?.code).toBe(100);
    expect((await change(300)).json).toEqual({ success: true });
    expect(codesOf(await sendAll(messageId, people.slice(2)))).toEqual(['accepted']);
  });

  it('can be changed through the ad set too', async () => {
    const messageId = await sandbox.createCampaign({ lifetime_budget: 200 });
    const token = sandbox.page.systemUserToken;
    const { adset } = (await sandbox.graph('GET', `/${messageId}?fields=adset{id,lifetime_budget}`, token)).json;
    expect(adset.lifetime_budget).toBe('200');
    await sandbox.graph('POST', `/${adset.id}`, token, { lifetime_budget: 900 });
    const after = (await sandbox.graph('GET', `/${adset.id}?fields=lifetime_budget,daily_budget`, token)).json;
    expect(after).toEqual({ id: adset.id, lifetime_budget: '900', daily_budget: '0' });
  });
});

describe('A daily budget', () => {
  it('is an average: one day of the account takes up to 175 %, and the next day sends go on', async () => {
    const people = await sandbox.createPeople({ count: 20 });
    const messageId = await sandbox.createCampaign({ daily_budget: 1_000 });
    const codes = codesOf(await sendAll(messageId, people));
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(17);
    expect(codes.filter((code) => code === 2300054)).toHaveLength(3);
    await sandbox.advance('P1D');
    expect(codesOf(await sendAll(messageId, people.slice(17)))).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it('never takes more than seven times its amount from Sunday to Saturday', async () => {
    await sandbox.freezeAt('2026-11-29T12:00:00.000Z');
    const messageId = await sandbox.createCampaign({ daily_budget: 200 });
    const people = await sandbox.createPeople({ count: 21 });
    let accepted = 0;
    for (let day = 0; day < 7; day++) {
      const codes = codesOf(await sendAll(messageId, people.slice(day * 3, day * 3 + 3)));
      accepted += codes.filter((code) => code === 'accepted').length;
      if (day < 6) await sandbox.advance('P1D');
    }
    expect(accepted).toBe(14);
  });
});

describe('One token', () => {
  it('takes exactly one of two messages sent at the same time', async () => {
    const person = await sandbox.createPerson();
    const messageId = await sandbox.createCampaign();
    const answers = await Promise.all([sandbox.send(messageId, person.token), sandbox.send(messageId, person.token)]);
    expect(codesOf(answers).sort()).toEqual([2300035, 'accepted']);
  });

  it('is free again after twelve hours to the second', async () => {
    const person = await sandbox.createPerson();
    const messageId = await sandbox.createCampaign();
    await sandbox.send(messageId, person.token);
    await sandbox.advance('PT11H59M59S');
    const early = (await sandbox.send(messageId, person.token)).json;
    expect(early.error).toMatchObject({ code: 2300035, error_data: { remaining_seconds: 1 } });
    await sandbox.advance('PT1S');
    expect((await sandbox.send(messageId, person.token)).json.success).toBe(true);
  });
});

it('calls a budget used up at half of it in the profile of tight budgets', async () => {
  await sandbox.control('POST', '/reset', { profile: 'tight-budget' });
  await sandbox.settings({ unitPriceMinor: 100 });
  const people = await sandbox.createPeople({ count: 6 });
  const messageId = await sandbox.createCampaign({ lifetime_budget: 600 });
  const codes = codesOf(await sendAll(messageId, people));
  expect(codes.filter((code) => code === 'accepted')).toHaveLength(3);
});
