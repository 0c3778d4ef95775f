import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from './support/http-client';
import type { Json } from './support/wire';
import { Sandbox, type TestPage, type TestPerson } from './support/sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

/** A send that offends against one check and, as far as that can be, against all later ones. */
interface Scene {
  page: TestPage;
  person: TestPerson;
  messageId: string;
  body: Record<string, unknown>;
}

const BAD_CONTENT = { message: { text: '{{unknown}}' } };

/** Puts a blocked, cooling person of an excluded region, bad content, and an empty budget into a scene. */
async function offendAll(): Promise<Scene> {
  const page = await sandbox.createPage();
  const person = await sandbox.createPerson({ pageId: page.id });
  const messageId = await sandbox.createCampaign({ lifetime_budget: 5 }, { page });
  await sandbox.send(messageId, person.token, { page });
  await sandbox.control('POST', `/people/${person.id}/message`, {});
  await sandbox.control('POST', `/people/${person.id}/block`);
  return { page, person, messageId, body: { ...BAD_CONTENT, min_conversation_gap_seconds: 3_600 } };
}

function refuse(scene: Scene, ...refusals: number[]): Promise<unknown> {
  return sandbox.control('PATCH', `/pages/${scene.page.id}`, { refusals });
}

async function sendOf({ messageId, person, page, body }: Scene): Promise<Json> {
  return (await sandbox.send(messageId, person.token, { page, ...body })).json;
}

const EVERY_REFUSAL = [2300039, 2300019, 2300030, 2300031, 2300011, 2300028, 2300042, 2300055];

describe('A send that offends against several checks is answered by the first', () => {
  const order: [code: number, check: string, prepare: (scene: Scene) => Promise<unknown> | undefined][] = [
    [
      100,
      'a missing field',
      (scene) => refuse(scene, ...EVERY_REFUSAL).then(() => Object.assign(scene, { messageId: '' })),
    ],
    [
      2300001,
      'a campaign that does not exist',
      (scene) => refuse(scene, ...EVERY_REFUSAL).then(() => Object.assign(scene, { messageId: '1' })),
    ],
    [2300039, 'no permission for the Page', (scene) => refuse(scene, ...EVERY_REFUSAL)],
    [2300019, 'terms', (scene) => refuse(scene, ...EVERY_REFUSAL.slice(1))],
    [2300030, 'region of the account', (scene) => refuse(scene, ...EVERY_REFUSAL.slice(2))],
    [2300031, 'region of the Page', (scene) => refuse(scene, ...EVERY_REFUSAL.slice(3))],
    [2300011, 'payment', (scene) => pauseAnd(scene, () => refuse(scene, ...EVERY_REFUSAL.slice(4)))],
    [2300000, 'a paused campaign', (scene) => pauseAnd(scene, () => refuse(scene, ...EVERY_REFUSAL.slice(5)))],
    [2300028, 'readiness', (scene) => refuse(scene, ...EVERY_REFUSAL.slice(5))],
    [
      2300004,
      'an unknown token',
      (scene) => refuse(scene, 2300042, 2300055).then(() => Object.assign(scene.person, { token: '1' })),
    ],
    [
      2300034,
      'a person who stopped',
      (scene) =>
        refuse(scene, 2300042, 2300055).then(() => sandbox.control('POST', `/people/${scene.person.id}/opt-out`)),
    ],
    [2300038, 'content', (scene) => refuse(scene, 2300042, 2300055)],
    [2300035, 'the cool-down', (scene) => refuse(scene, 2300042, 2300055).then(() => (scene.body = {}))],
  ];

  it.each(order)('%i: %s', async (code, _check, prepare) => {
    const scene = await offendAll();
    await prepare(scene);
    expect((await sendOf(scene)).error?.code).toBe(code);
  });

  async function pauseAnd(scene: Scene, also: () => Promise<unknown>): Promise<void> {
    await sandbox.graph('POST', `/${scene.messageId}`, scene.page.systemUserToken, { status: 'PAUSED' });
    await also();
  }
});

describe('A fresh person meets, in this order,', () => {
  let scene: Scene;

  beforeEach(async () => {
    const page = await sandbox.createPage();
    const person = await sandbox.createPerson({ pageId: page.id });
    const messageId = await sandbox.createCampaign({ lifetime_budget: 4 }, { page });
    await sandbox.control('POST', `/people/${person.id}/message`, {});
    await sandbox.control('POST', `/people/${person.id}/block`);
    scene = { page, person, messageId, body: { min_conversation_gap_seconds: 3_600 } };
  });

  it('the load caps before the conversation gap', async () => {
    await refuse(scene, 2300043);
    expect((await sendOf(scene)).error?.code).toBe(2300043);
  });

  it('the conversation gap and the block before the budget', async () => {
    await refuse(scene, 2300055);
    expect((await sendOf(scene)).error?.code).toBe(2300052);
    scene.body = {};
    expect((await sendOf(scene)).error?.code).toBe(2300052);
  });

  it('the budget before pacing', async () => {
    await refuse(scene, 2300055);
    scene.person = await sandbox.createPerson({ pageId: scene.page.id });
    expect((await sendOf(scene)).error?.code).toBe(2300053);
  });

  it('pacing last, with the seconds it lasts', async () => {
    await refuse(scene, 2300055);
    scene.messageId = await sandbox.createCampaign({}, { page: scene.page });
    scene.person = await sandbox.createPerson({ pageId: scene.page.id });
    expect((await sendOf(scene)).error).toMatchObject({ code: 2300055, error_data: { remaining_seconds: 1_800 } });
  });

  it('their region before content', async () => {
    scene.person = await sandbox.createPerson({ pageId: scene.page.id, region: 'DE' });
    scene.body = BAD_CONTENT;
    expect((await sendOf(scene)).error?.code).toBe(2300032);
  });
});

describe('A campaign', () => {
  it('of another account is no campaign of this one', async () => {
    const messageId = await sandbox.createCampaign();
    const page = await sandbox.createPage();
    const person = await sandbox.createPerson({ pageId: page.id });
    expect((await sandbox.send(messageId, person.token, { page })).json.error?.code).toBe(2300014);
  });

  it('refuses the token of another Page', async () => {
    const page = await sandbox.createPage();
    const person = await sandbox.createPerson({ pageId: page.id });
    const messageId = await sandbox.createCampaign();
    expect((await sandbox.send(messageId, person.token)).json.error?.code).toBe(2300005);
  });

  it('starts and ends as scheduled', async () => {
    const person = await sandbox.createPerson();
    const startMs = (await sandbox.now()) + 2 * 3_600_000;
    const messageId = await sandbox.createCampaign({
      start_time: new Date(startMs).toISOString(),
      end_time: String((startMs + 3_600_000) / 1_000),
    });
    expect((await sandbox.send(messageId, person.token)).json.error?.code).toBe(2300033);
    await sandbox.freezeAt(new Date(startMs + 3_600_000).toISOString());
    expect((await sandbox.send(messageId, person.token)).json.error?.code).toBe(2300000);
  });

  it('answers 2300002 while only its ad set is paused, and 2300001 once it is deleted', async () => {
    const person = await sandbox.createPerson();
    const messageId = await sandbox.createCampaign();
    const token = sandbox.page.systemUserToken;
    const { json } = await sandbox.graph('GET', `/${messageId}?fields=adset{id}`, token);
    await sandbox.graph('POST', `/${json.adset.id}`, token, { status: 'PAUSED' });
    expect((await sandbox.send(messageId, person.token)).json.error?.code).toBe(2300002);
    await sandbox.graph('DELETE', `/${messageId}`, token);
    expect((await sandbox.send(messageId, person.token)).json.error?.code).toBe(2300001);
  });
});

describe('The token of a send', () => {
  it('is the system user’s: a Page token is refused with 200', async () => {
    const person = await sandbox.createPerson();
    const messageId = await sandbox.createCampaign();
    const page = { ...sandbox.page, systemUserToken: sandbox.page.pageToken };
    const { status, json } = await sandbox.send(messageId, person.token, { page });
    expect([status, json.error?.code]).toEqual([403, 200]);
  });

  it('may send no faster than the account’s quota', async () => {
    const [one, two] = await sandbox.createPeople({ count: 2 });
    const messageId = await sandbox.createCampaign();
    await sandbox.settings({ sendsPerSecond: 1 });
    const answers = await Promise.all([one, two].map((person) => sandbox.send(messageId, person?.token ?? '')));
    await sandbox.settings({ sendsPerSecond: 0 });
    const codes = answers.map(({ json }) => json.error?.code);
    expect(codes.filter((code) => code === 2300078).length).toBeLessThanOrEqual(1);
    expect(codes).toContain(undefined);
  });
});
