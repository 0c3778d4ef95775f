import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { CrashPoint } from '../../src/crash-points';
import type { Json, SimulatedPage } from '../support/herald-client';
import { CrashableStack } from './crashable-stack';

jest.setTimeout(180_000);

/** More than two pages of Meta's token list. */
const LISTED = 2_500;

/** The topic whose request dies with its API. */
const MIDWAY = 'Made midway';

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Somebody at the Page: Meta's name for them, and ours. */
interface Somebody {
  readonly psid: string;
  readonly subscriberId: string;
}

/** What takes a while to be taken up is looked at in the end: the others die meanwhile. */
describe('What is owed when a process dies', () => {
  let stack: CrashableStack;
  let page: { id: string; meta: SimulatedPage };
  let listed: { id: string; meta: SimulatedPage };
  let syncId: string;
  let asked: Somebody;

  beforeAll(async () => {
    stack = await CrashableStack.start();
    page = await stack.herald.connectPage();
    listed = await stack.herald.connectPage();
    await stack.herald.control('POST', 'people', { pageId: listed.meta.id, count: LISTED, source: 'OPT_IN' });
  }, 240_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  const stranger = async (): Promise<string> => {
    const { data } = await stack.herald.control('POST', 'people', { pageId: page.meta.id, count: 1, source: 'none' });
    return data[0].psid as string;
  };
  const does = (psid: string, action: string): Promise<Json> =>
    stack.herald.control('POST', `people/${psid}/${action}`, {});
  const known = async (psid: string, consent?: string): Promise<Somebody> => {
    const { data } = await stack.herald.until(
      `/v1/subscribers?pageId=${page.id}&psid=${psid}`,
      (list: Json) => list.data.length === 1 && (consent ?? list.data[0].consent) === list.data[0].consent,
    );
    return { psid, subscriberId: data[0].id as string };
  };
  const newcomer = async (): Promise<Somebody> => {
    const psid = await stranger();
    await does(psid, 'message');
    return known(psid);
  };
  const timesOf = async ({ subscriberId }: Somebody, kind: string): Promise<number> => {
    const { data } = await stack.herald.ok('GET', `/v1/subscribers/${subscriberId}/timeline`);
    return (data as Json[]).filter((entry) => entry.kind === kind).length;
  };
  /** Makes a topic under an `Idempotency-Key` that its title names. */
  const topicOnce = (title: string): Promise<Answer> => {
    const topic = { pageId: page.id, title, expectation: 'Once a week.' };
    return stack.herald.call('POST', '/v1/topics', topic, { 'idempotency-key': title });
  };
  const topicsCalled = async (title: string): Promise<Json[]> => {
    const { data } = await stack.herald.ok('GET', `/v1/topics?pageId=${page.id}`);
    return (data as Json[]).filter((topic) => topic.title === title);
  };
  /** What a caller sees whose answer never comes. */
  const unanswered = async (call: Promise<unknown>): Promise<void> => {
    await expect(call).rejects.toThrow();
  };

  it('a sync is taken up by another worker after its page', async () => {
    await stack.dieAt('in-sync-page', 'worker', async () => {
      const { id } = await stack.herald.ok('POST', `/v1/pages/${listed.id}/sync-subscribers`);
      syncId = id as string;
    });
  });

  it('a webhook that was stored and not answered comes again and is applied once', async () => {
    const psid = await stranger();
    await stack.dieAt('after-inbox-commit', 'api', () => does(psid, 'message'));
    expect(await timesOf(await known(psid), 'window_opened')).toBe(1);
    const statuses = async (): Promise<number[]> => {
      const { data } = await stack.herald.control('GET', `webhooks?pageId=${page.meta.id}&field=messages`);
      return (data as Json[]).map(({ status }) => status as number);
    };
    expect((await statuses())[0]).toBe(0);
    expect(await waitUntil(async () => (await statuses()).includes(200), 60_000)).toBe(true);
  });

  it('an opt-in request leaves, and nobody hears the answer', async () => {
    asked = await newcomer();
    const topic = await stack.herald.ok('POST', '/v1/topics', {
      pageId: page.id,
      title: 'New arrivals',
      expectation: 'Every new arrival, once a week.',
    });
    await stack.dieAt('after-bytes-left', 'worker', () =>
      stack.herald.ok('POST', '/v1/opt-in-requests', { topicId: topic.id, subscriberId: asked.subscriberId }),
    );
  });

  it('a request that was committed and not answered is carried out', async () => {
    const id = await stack.draft(listed.id);
    await stack.dieAt('before-api-signal', 'api', () =>
      unanswered(stack.herald.ok('POST', `/v1/campaigns/${id}/start`)),
    );
    await stack.herald.until(`/v1/campaigns/${id}`, ({ state }: Json) => state === 'populating');
    await stack.herald.ok('POST', `/v1/campaigns/${id}/stop`);
  });

  it('a drain that did not commit is begun again', async () => {
    const psid = await stranger();
    await stack.dieAt('in-drain', 'worker', () => does(psid, 'message'));
    expect(await timesOf(await known(psid), 'window_opened')).toBe(1);
  });

  it('an answer that was stored and not given is given to whoever asks again', async () => {
    const create = (): Promise<Answer> => topicOnce('Answered late');
    await stack.dieAt('after-idempotent-effect', 'api', () => unanswered(create()));
    const again = await create();
    expect(again.status).toBe(201);
    expect(await topicsCalled('Answered late')).toEqual([again.body]);
  });

  it('a request whose API dies in the middle of its effect keeps its key, and has no effect', async () => {
    const database = new Client({ connectionString: stack.herald.runtime().databaseUrl });
    await database.connect();
    await database.query('BEGIN; LOCK TABLE topics IN SHARE MODE');
    const call = unanswered(topicOnce(MIDWAY));
    const isInTheMiddle = async (): Promise<boolean> =>
      (await database.query(`SELECT FROM pg_locks WHERE relation = 'topics'::regclass AND NOT granted`)).rowCount === 1;
    expect(await waitUntil(isInTheMiddle, 30_000)).toBe(true);
    const pid = stack.herald.signal('api', 'SIGKILL');
    await call;
    await database.query('ROLLBACK');
    await stack.comesBack('api', pid);
    await database.query(`UPDATE idempotency_keys SET renewed_at = now() WHERE answer_sealed IS NULL`);
    await database.end();
    expect((await topicOnce(MIDWAY)).status).toBe(409);
    expect(await topicsCalled(MIDWAY)).toEqual([]);
  });

  it.each<CrashPoint>(['after-opt-in-commit', 'after-outbox-signal', 'after-token-stored'])(
    'an opt-in has its token and one proof when the worker dies %s',
    async (point) => {
      const psid = await stranger();
      await stack.dieAt(point, 'worker', () => does(psid, 'opt-in'));
      const somebody = await known(psid, 'granted');
      expect(await timesOf(somebody, 'opted_in')).toBe(1);
      const eligibility = `/v1/subscribers/${somebody.subscriberId}/eligibility`;
      expect(await stack.herald.ok('GET', eligibility)).toMatchObject({ allowed: true, lane: 'paid' });
    },
  );

  it('a clock that was moved and told nobody arrives', async () => {
    await stack.dieAt('after-clock-step', 'worker', () =>
      stack.herald.ok('POST', '/v1/sandbox/clock', { advance: 'PT1H' }),
    );
    await stack.herald.until('/v1/sandbox/clock', ({ status }: Json) => status === 'ready');
  });

  it('the sync has taken everybody over once', async () => {
    const path = `/v1/pages/${listed.id}/sync-subscribers/${syncId}`;
    const sync = await stack.herald.until(path, ({ state }: Json) => state === 'done');
    expect(sync).toMatchObject({ seen: LISTED, added: LISTED, changed: 0, gone: 0 });
    expect(await stack.herald.subscriberIds(`&pageId=${listed.id}`)).toHaveLength(LISTED);
  });

  it('the opt-in request that left without an answer is not repeated', async () => {
    await stack.herald.until(`/v1/opt-in-requests?subscriberId=${asked.subscriberId}`, ({ data }: Json) =>
      ['unknown', 'asked'].includes(data[0].state as string),
    );
    const { data } = await stack.herald.control('GET', `sends?kind=opt_in_request&psid=${asked.psid}`);
    expect(data).toHaveLength(1);
    await does(asked.psid, 'accept');
    await known(asked.psid, 'granted');
  });

  it('the request that died with its API is taken over by its repetition, with one effect', async () => {
    let answer: Answer | undefined;
    const isTakenOver = async (): Promise<boolean> => (answer = await topicOnce(MIDWAY)).status === 201;
    expect(await waitUntil(isTakenOver, 60_000)).toBe(true);
    expect((await topicOnce(MIDWAY)).body).toEqual(answer?.body);
    expect(await topicsCalled(MIDWAY)).toEqual([answer?.body]);
  });

  it('every promise is kept', async () => {
    await stack.herald.advance('PT25H');
    expect((await stack.check()).violations).toEqual([]);
  });
});
