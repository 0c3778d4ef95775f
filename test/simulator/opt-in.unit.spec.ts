import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeConnections, type Answer } from './support/http-client';
import { Sandbox, type TestPage, type TestPerson } from './support/sandbox';

let sandbox: Sandbox;
let person: TestPerson;

beforeAll(async () => {
  sandbox = await Sandbox.start();
});

beforeEach(async () => {
  person = await sandbox.createPerson({ source: 'none', windowOpen: true });
  await sandbox.quiet();
  sandbox.receiver.deliveries.length = 0;
});

afterAll(async () => {
  await sandbox.close();
  closeConnections();
});

function ask(
  payload: Record<string, unknown> = {},
  psid = person.psid,
  page: TestPage = sandbox.page,
): Promise<Answer> {
  const template = { template_type: 'notification_messages', title: 'Offers', payload: 'topic=1', ...payload };
  const message = { attachment: { type: 'template', payload: template } };
  return sandbox.graph('POST', `/${page.id}/messages`, page.pageToken, { recipient: { id: psid }, message });
}

function write(text: string): Promise<Answer> {
  const body = { recipient: { id: person.psid }, messaging_type: 'RESPONSE', message: { text } };
  return sandbox.graph('POST', `/${sandbox.page.id}/messages`, sandbox.page.pageToken, body);
}

function errorOf({ json }: Answer): unknown {
  return json.error && [json.error.code, json.error.error_subcode];
}

describe('An opt-in request', () => {
  it('is answered with the person and a message id', async () => {
    expect((await ask()).json).toEqual({ recipient_id: person.psid, message_id: expect.stringMatching(/^m_/) });
  });

  it('that is accepted yields a token, tells the apps, and opens no window', async () => {
    await ask({ title: 'Weekly', notification_messages_timezone: 'Asia/Bangkok' });
    await sandbox.advance('P2D');
    const { json } = await sandbox.control('POST', `/people/${person.id}/accept`);
    await sandbox.quiet();
    expect(json.status).toBe('subscribed');
    expect(sandbox.receiver.events).toEqual([
      {
        sender: { id: person.psid },
        recipient: { id: sandbox.page.id },
        timestamp: await sandbox.now(),
        optin: {
          type: 'notification_messages',
          payload: 'topic=1',
          notification_messages_token: json.token,
          title: 'Weekly',
          notification_messages_timezone: 'Asia/Bangkok',
          token_expiry_timestamp: expect.any(Number),
          user_token_status: 'REFRESHED',
        },
      },
    ]);
    expect(errorOf(await write('Hi'))).toEqual([10, 2018278]);
  });

  it('that is ignored cannot be accepted any more', async () => {
    await ask();
    await sandbox.control('POST', `/people/${person.id}/ignore`);
    expect((await sandbox.control('POST', `/people/${person.id}/accept`)).status).toBe(409);
  });

  it('is accepted by someone who is made to, after some seconds', async () => {
    const keen = await sandbox.createPerson({ source: 'none', windowOpen: true, behaviour: { accept: 1 } });
    await ask({}, keen.psid);
    await sandbox.advance('PT2M');
    expect(sandbox.receiver.events.at(-1)?.optin.payload).toBe('topic=1');
  });

  it('is refused outside the window to the millisecond', async () => {
    await sandbox.advance('PT23H59M59.999S');
    expect((await ask({ title: 'In time' })).status).toBe(200);
    await sandbox.advance('PT0.001S');
    expect(errorOf(await ask({ title: 'Too late' }))).toEqual([10, 2018278]);
  });

  it('with the same title is refused for seven days, the default title included', async () => {
    const again = async (title: string | undefined): Promise<unknown> => {
      await sandbox.control('POST', `/people/${person.id}/message`, {});
      return errorOf(await ask({ title }));
    };
    for (const title of ['Offers', undefined]) expect(await again(title)).toBeUndefined();
    expect(await again('Arrivals')).toBeUndefined();
    await sandbox.advance('P6DT23H59M59.999S');
    expect(await again('Offers')).toEqual([613, 1893016]);
    expect(await again('Updates and promotions')).toEqual([613, 1893016]);
    await sandbox.advance('PT0.001S');
    expect(await again('Offers')).toBeUndefined();
  });

  it.each([
    ['no payload', { payload: undefined }],
    ['a title of 66 characters', { title: 'x'.repeat(66) }],
    ['an unknown call to action', { notification_messages_cta_text: 'PLEASE' }],
    ['an unknown ratio', { image_aspect_ratio: 'ROUND' }],
    ['six elements', { elements: Array(6).fill({ title: 'A' }) }],
    ['an element without title', { elements: [{}] }],
  ])('with %s is refused with 100', async (_what, payload) => {
    expect(errorOf(await ask(payload))).toEqual([100, undefined]);
  });

  it('to nobody known is refused with 100/2018001, to someone who blocked the Page with 551', async () => {
    expect(errorOf(await ask({}, '20000000000000000'))).toEqual([100, 2018001]);
    await sandbox.control('POST', `/people/${person.id}/block`);
    expect(errorOf(await ask())).toEqual([551, 1545041]);
  });
});

describe('On Instagram', () => {
  let page: TestPage;
  let follower: TestPerson;

  beforeEach(async () => {
    page = await sandbox.createPage({ platform: 'instagram' });
    follower = await sandbox.createPerson({ pageId: page.id, source: 'none', windowOpen: true });
  });

  it('the same title with another picture is another request', async () => {
    await ask({ image_url: 'https://shop.example/a.png' }, follower.psid, page);
    expect(errorOf(await ask({ image_url: 'https://shop.example/b.png' }, follower.psid, page))).toBeUndefined();
    expect(errorOf(await ask({ image_url: 'https://shop.example/a.png' }, follower.psid, page))).toEqual([
      613, 1893016,
    ]);
  });

  it('five titles a day are the most', async () => {
    const titles = ['a', 'b', 'c', 'd', 'e', 'f'];
    const errors: unknown[] = [];
    for (const title of titles) errors.push(errorOf(await ask({ title }, follower.psid, page)));
    expect(errors).toEqual([...Array<undefined>(5).fill(undefined), [9, 2018352]]);
  });

  it('the window closes with a code of its own', async () => {
    await sandbox.advance('P1D');
    expect(errorOf(await ask({}, follower.psid, page))).toEqual([10, 2534022]);
  });
});

describe('An ordinary message', () => {
  it('inside the window is delivered, read and echoed', async () => {
    await sandbox.settings({ readRate: 1 });
    const { json } = await write('Your order is on its way');
    await sandbox.advance('PT5M');
    const kinds = sandbox.receiver.events.map((event) => Object.keys(event).at(-1));
    expect(kinds).toEqual(['message', 'delivery', 'read']);
    expect(sandbox.receiver.events[0]?.message).toMatchObject({ is_echo: true, mid: json.message_id });
    const { data } = (await sandbox.control('GET', `/sends?psid=${person.psid}`)).json;
    expect(data).toEqual([
      expect.objectContaining({ campaignId: null, mid: json.message_id, status: 'read', costMinor: 0 }),
    ]);
  });

  it.each(['message', 'tap', 'react'])('is allowed again after the person did this: %s', async (action) => {
    await sandbox.advance('P2D');
    expect(errorOf(await write('too late'))).toEqual([10, 2018278]);
    await sandbox.control('POST', `/people/${person.id}/${action}`, {});
    expect((await write('in time')).status).toBe(200);
  });
});

describe('Unsubscribing by the business', () => {
  function unsubscribe(...data: unknown[]): Promise<Answer> {
    return sandbox.graph('POST', `/${sandbox.page.id}/messaging_customer_base/unsubscribe`, sandbox.page.pageToken, {
      data,
    });
  }

  async function statuses(people: readonly TestPerson[]): Promise<unknown[]> {
    const { data } = (await sandbox.control('GET', `/people?pageId=${sandbox.page.id}&subscribed=true`)).json;
    return people.map(({ id }) => data.some((row) => row.id === id));
  }

  it('stops people named by PSID, token, e-mail or phone, without a webhook', async () => {
    const people = await sandbox.createPeople({ count: 4, email: 'ann@shop.example', phone: '+84912345678' });
    const [one, two] = people;
    const rows = [
      { psid: one?.psid },
      { subscriber_token: two?.token },
      { email: 'ann+2@shop.example' },
      { phone: '+84912345681' },
    ];
    expect((await unsubscribe(...rows)).json).toEqual({ invalid_rows_count: 0 });
    expect(await statuses(people)).toEqual([false, false, false, false]);
    await sandbox.quiet();
    expect(sandbox.receiver.events).toEqual([]);
  });

  it('counts rows that mix PSID and token, or name nobody, and refuses an empty list', async () => {
    const two = await sandbox.createPerson();
    const mixed = { psid: two.psid, subscriber_token: two.token };
    expect((await unsubscribe(mixed, { email: 'nobody@shop.example' }, {})).json).toEqual({ invalid_rows_count: 3 });
    expect(await statuses([two])).toEqual([true]);
    expect(errorOf(await unsubscribe())).toEqual([100, undefined]);
  });
});
