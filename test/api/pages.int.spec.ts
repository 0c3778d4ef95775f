import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WEBHOOK_FIELDS } from '../../src/graph-api/calls/page';
import { CampaignEntity, PageEntity, WaitEntity } from '../../src/persistence/entities';
import { Envelope } from '../../src/security/envelope';
import { uuidV7 } from '../../src/security/uuid-v7';
import { TinyGraph } from '../graph-api/tiny-graph';
import { message, NOON, signed, webhook } from '../inbox/meta-events';
import type { Answer } from './api-under-test';
import { ApiUnderTest } from './api-under-test';

const APP_SECRET = 'app-secret';

const CAMPAIGN = {
  name: 'Black Friday',
  kind: 'direct',
  startAt: new Date(),
  whenSlotTaken: 'hold',
  whenBudgetUsedUp: 'refuse',
} as const;

describe('A Page', () => {
  let api: ApiUnderTest;
  let graph: TinyGraph;
  let next = 100_000_000_000;
  const request = () => ({
    metaPageId: String(next++),
    platform: 'messenger',
    pageToken: 'EAAB-page-token',
    systemUserToken: 'EAAB-system-token',
    adAccountId: 'act_204201000000001',
  });
  const told = { name: 'Aurora', timeZone: 'Asia/Tokyo', currency: 'JPY', country: 'JP' };

  beforeAll(async () => {
    graph = await TinyGraph.start();
    api = await ApiUnderTest.start({ GRAPH_API_URL: graph.url, META_APP_SECRETS: APP_SECRET });
  });
  beforeEach(() => {
    graph.answerWith((response, { path }) => {
      response.setHeader('content-type', 'application/json');
      const page = { id: path.split('/').at(-1), name: 'Aurora at Meta', location: { country_code: 'IT' } };
      const account = { id: 'act_204201000000001', currency: 'EUR', timezone_name: 'Europe/Rome' };
      if (path.endsWith('/subscribed_apps')) response.end('{"success":true}');
      else response.end(JSON.stringify(path.includes('/act_') ? account : page));
    });
  });
  afterAll(async () => {
    await api.stop();
    await graph.stop();
  });

  it('is connected with what Meta says of it, its app subscribed and its tokens sealed', async () => {
    const body = request();
    const made = await api.post('/v1/pages', body);
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/pages/${made.body.id}`);
    expect(made.body).toEqual({
      id: expect.any(String),
      metaPageId: body.metaPageId,
      platform: 'messenger',
      name: 'Aurora at Meta',
      adAccountId: '204201000000001',
      hasSystemUserToken: true,
      timeZone: 'Europe/Rome',
      currency: 'EUR',
      country: 'IT',
      restriction: null,
      oneMessagePerLocalDay: true,
      optOutWords: [],
      sendsPerSecond: null,
    });
    const subscribed = graph.seen.find(({ method }) => method === 'POST');
    expect(subscribed?.path).toBe(`/v25.0/${body.metaPageId}/subscribed_apps`);
    expect(subscribed?.query.get('subscribed_fields')).toBe(WEBHOOK_FIELDS.join(','));

    const row = await api.owner.getRepository(PageEntity).findOneByOrFail({ id: made.body.id });
    const envelope = api.app.get(Envelope);
    expect(envelope.open(row.tokenSealed, `pages.token:${row.id}`).toString()).toBe(body.pageToken);
    expect(
      envelope.open(row.systemUserTokenSealed ?? Buffer.alloc(0), `pages.system_user_token:${row.id}`).toString(),
    ).toBe(body.systemUserToken);
  });

  it('gets its rate and the hidden campaign of its single messages', async () => {
    const { body } = await api.post('/v1/pages', request());
    const [row] = await api.owner.query<unknown[]>(
      `SELECT r.rate_per_second, c.hidden, c.state, c.kind, c.id = p.hidden_campaign_id AS linked
         FROM pages p JOIN page_rates r ON r.page_id = p.id JOIN campaigns c ON c.page_id = p.id WHERE p.id = $1`,
      [body.id],
    );
    expect(row).toEqual({ rate_per_second: 300, hidden: true, state: 'active', kind: 'direct', linked: true });
  });

  it('that says everything itself asks Meta only to subscribe', async () => {
    const made = await api.post('/v1/pages', { ...request(), ...told });
    expect(made).toMatchObject({ status: 201, body: told });
    expect(graph.seen.map(({ method }) => method)).toEqual(['POST']);
  });

  it('without ad account must say currency and time zone', async () => {
    const { metaPageId, platform, pageToken } = request();
    const answer = await api.post('/v1/pages', { metaPageId, platform, pageToken });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'currency' }, { field: 'timeZone' }] } });
    expect(graph.seen.map(({ method }) => method)).toEqual(['GET']);
    const made = await api.post('/v1/pages', { metaPageId, platform, pageToken, ...told });
    expect(made).toMatchObject({ status: 201, body: { adAccountId: null, hasSystemUserToken: false } });
  });

  it("that Meta refuses is 422 with Meta's code, and nothing is kept", async () => {
    graph.answerJson({ error: { message: 'Bad token EAAB-page-token', type: 'OAuthException', code: 190 } }, 400);
    const body = request();
    const answer = await api.post('/v1/pages', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'META.REFUSED', facts: { metaCode: 190 } } });
    expect(answer.text).not.toContain('EAAB');
    expect((await api.get(`/v1/pages?metaPageId=${body.metaPageId}`)).body.data).toEqual([]);
  });

  it("that Meta refuses leaves no row, so that its webhooks are nobody else's", async () => {
    graph.answerJson({ error: { message: 'No', type: 'OAuthException', code: 190 } }, 400);
    const body = { ...request(), ...told };
    expect((await api.post('/v1/pages', body)).status).toBe(422);
    expect(await api.owner.getRepository(PageEntity).countBy({ metaPageId: body.metaPageId })).toBe(0);
  });

  it('of which Meta tells something while it is connected has it told again, and loses no opt-out', async () => {
    const body = { ...request(), ...told };
    const leave = (): Promise<Answer> => tell(webhook(body.metaPageId, message('7351', NOON, 'Stop')));
    const inBetween: number[] = [];
    graph.answerWith((response) => {
      void leave().then(({ status }) => {
        inBetween.push(status);
        response.setHeader('content-type', 'application/json').end('{"success":true}');
      });
    });
    const made = await api.post('/v1/pages', body);
    expect(made.status).toBe(201);
    expect(inBetween).toEqual([503]);
    expect((await leave()).status).toBe(200);
    expect(await api.owner.query('SELECT consent FROM subscribers WHERE page_id = $1', [made.body.id])).toEqual([
      { consent: 'revoked' },
    ]);
  });

  it('that another workspace has goes on for it while it is connected', async () => {
    const body = { ...request(), ...told };
    expect((await api.post('/v1/pages', body)).status).toBe(201);
    const inBetween: number[] = [];
    graph.answerWith((response) => {
      void tell(webhook(body.metaPageId, message('7351', NOON, 'Stop'))).then(({ status }) => {
        inBetween.push(status);
        response.setHeader('content-type', 'application/json').end('{"success":true}');
      });
    });
    expect((await api.post('/v1/pages', body, { key: await api.otherKey() })).status).toBe(201);
    expect(inBetween).toEqual([200]);
  });

  /** Posts as Meta does. */
  function tell(said: object): Promise<Answer> {
    const bytes = Buffer.from(JSON.stringify(said));
    return api.call('POST', '/webhooks/meta', { key: null, body: bytes, headers: signed(bytes, APP_SECRET) });
  }

  it('about which Meta gives no answer is 502 and may be sent again with its key', async () => {
    const body = request();
    const headers = { 'idempotency-key': `connect ${body.metaPageId}` };
    graph.answerWith((response) => response.destroy());
    expect(await api.post('/v1/pages', body, { headers })).toMatchObject({
      status: 502,
      body: { code: 'META.UNREACHABLE' },
    });
    graph.answerJson({ success: true });
    expect((await api.post('/v1/pages', { ...body, ...told }, { headers })).status).toBe(201);
  });

  it('is connected once a workspace, and may be connected in two', async () => {
    const body = { ...request(), ...told };
    expect((await api.post('/v1/pages', body)).status).toBe(201);
    expect(await api.post('/v1/pages', body)).toMatchObject({ status: 409, body: { code: 'PAGE.ALREADY_CONNECTED' } });
    const key = await api.otherKey();
    expect((await api.post('/v1/pages', body, { key })).status).toBe(201);
  });

  it('connected twice at a time is one Page', async () => {
    const body = { ...request(), ...told };
    const answers = await Promise.all([1, 2, 3].map(() => api.post('/v1/pages', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('is found by the id at Meta', async () => {
    const made = await api.post('/v1/pages', { ...request(), ...told });
    const { body } = await api.get(`/v1/pages?metaPageId=${String(made.body['metaPageId'])}`);
    expect(body).toEqual({ data: [made.body], nextCursor: null });
    expect(await api.get(`/v1/pages/${made.body.id}`)).toMatchObject({ status: 200, body: made.body });
  });

  it('is changed', async () => {
    const made = await api.post('/v1/pages', { ...request(), ...told });
    const change = { name: 'Aurora 2', oneMessagePerLocalDay: false, optOutWords: ['BASTA'], sendsPerSecond: 50 };
    const changed = await api.patch(`/v1/pages/${made.body.id}`, change);
    expect(changed).toMatchObject({ status: 200, body: { ...made.body, ...change } });
    expect((await api.patch(`/v1/pages/${made.body.id}`, { sendsPerSecond: null })).body['sendsPerSecond']).toBeNull();
    expect((await api.patch(`/v1/pages/${made.body.id}`, {})).status).toBe(200);
  });

  it.each([
    [{ oneMessagePerLocalDay: 'yes' }, 'oneMessagePerLocalDay'],
    [{ oneMessagePerLocalDay: null }, 'oneMessagePerLocalDay'],
    [{ optOutWords: 'BASTA' }, 'optOutWords'],
    [{ optOutWords: [''] }, 'optOutWords'],
    [{ optOutWords: null }, 'optOutWords'],
    [{ sendsPerSecond: 0 }, 'sendsPerSecond'],
    [{ sendsPerSecond: 10_001 }, 'sendsPerSecond'],
    [{ sendsPerSecond: 1.5 }, 'sendsPerSecond'],
    [{ pageToken: 'x' }, 'pageToken'],
  ])('is not changed to %j', async (change, field) => {
    const made = await api.post('/v1/pages', { ...request(), ...told });
    const answer = await api.patch(`/v1/pages/${made.body.id}`, change);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
    expect((await api.get(`/v1/pages/${made.body.id}`)).body).toEqual(made.body);
  });

  it.each([
    [{ metaPageId: 104201 }, 'metaPageId'],
    [{ metaPageId: '../me' }, 'metaPageId'],
    [{ platform: 'whatsapp' }, 'platform'],
    [{ pageToken: 'with space' }, 'pageToken'],
    [{ pageToken: undefined }, 'pageToken'],
    [{ adAccountId: 'act_x/../me' }, 'adAccountId'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ currency: 'Euro' }, 'currency'],
    [{ country: 'Italy' }, 'country'],
  ])('is not connected with %j', async (wrong, field) => {
    const answer = await api.post('/v1/pages', { ...request(), ...told, ...wrong });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field }] } });
    expect(graph.seen).toEqual([]);
  });

  it('that is disconnected is gone, and comes back with its id', async () => {
    const body = { ...request(), ...told };
    const made = await api.post('/v1/pages', body);
    expect((await api.delete(`/v1/pages/${made.body.id}`)).status).toBe(204);
    expect((await api.get(`/v1/pages/${made.body.id}`)).status).toBe(404);
    expect((await api.delete(`/v1/pages/${made.body.id}`)).status).toBe(404);
    const again = await api.post('/v1/pages', { ...body, name: 'Back' });
    expect(again).toMatchObject({ status: 201, body: { id: made.body.id, name: 'Back' } });
  });

  it('that is disconnected has its campaigns stopped and their workflows told, and sends nothing', async () => {
    const { body: page } = await api.post('/v1/pages', { ...request(), ...told });
    const campaign = (state: string) => ({
      id: uuidV7(),
      workspaceId: api.workspaceId,
      pageId: page.id,
      state,
      ...CAMPAIGN,
    });
    const [running, draft] = [campaign('active'), campaign('draft')];
    await api.owner.getRepository(CampaignEntity).insert([running, draft]);
    expect((await api.delete(`/v1/pages/${page.id}`)).status).toBe(204);
    const stateOf = async (id: string): Promise<object> =>
      api.owner.getRepository(CampaignEntity).findOneByOrFail({ id });
    expect(await stateOf(running.id)).toMatchObject({ state: 'stopped', reason: 'stopped_by_request' });
    expect(await stateOf(draft.id)).toMatchObject({ state: 'draft' });
    expect(await api.owner.getRepository(WaitEntity).findOneBy({ ownerId: running.id })).toMatchObject({ wakeSeq: 1 });
    expect(await api.owner.getRepository(PageEntity).findOneBy({ id: page.id })).toMatchObject({
      restriction: 'page_blocked',
    });
  });

  it('has its token list imported once at a time', async () => {
    const { body: page } = await api.post('/v1/pages', { ...request(), ...told });
    const started = await api.post(`/v1/pages/${page.id}/sync-subscribers`);
    expect(started).toMatchObject({ status: 202, body: { state: 'running' } });
    const url = `/v1/pages/${page.id}/sync-subscribers/${started.body.id}`;
    expect(started.headers['location']).toBe(url);
    expect((await api.get(url)).body).toEqual({ ...started.body, seen: 0, added: 0, changed: 0, gone: 0 });
    expect((await api.post(`/v1/pages/${page.id}/sync-subscribers`)).body).toEqual(started.body);

    await api.owner.query(`UPDATE page_syncs SET state = 'done', seen = 5, added = 5 WHERE id = $1`, [started.body.id]);
    expect((await api.get(url)).body).toMatchObject({ state: 'done', seen: 5, added: 5 });
    expect((await api.post(`/v1/pages/${page.id}/sync-subscribers`)).body.id).not.toBe(started.body.id);
    expect((await api.get(url, { key: await api.otherKey() })).status).toBe(404);
  });
});
