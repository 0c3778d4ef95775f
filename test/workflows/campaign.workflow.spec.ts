import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CampaignView } from '../../workflows/campaign/campaign.contract';
import { campaignViewQuery } from '../../workflows/campaign/campaign.contract';
import { campaignWorkflowId } from '../../workflows/shared/names';
import { SEARCH_ATTRIBUTES } from '../../workflows/shared/search-attributes';
import type { Json, SimulatedPage } from '../support/stack';
import { Stack } from '../support/stack';
import { eventually } from './subscriber-life';

const HOUR_MS = 3_600_000;

/** Each stage of a campaign through a real Temporal server, with its outcome and with its time-out. */
describe('The campaign workflow', () => {
  let stack: Stack;
  let pageId: string;
  let meta: SimulatedPage;
  let people: string[];

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 10, readRate: 0, clickRate: 0, notReadyMinutes: 0 });
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  /** A Page of its own for every test: nobody's slot is taken. */
  beforeEach(async () => {
    const page = await stack.connectPage();
    pageId = page.id;
    meta = page.meta;
    await stack.control('POST', 'people', { pageId: meta.id, count: 10, source: 'OPT_IN' });
    await stack.sync(pageId);
    people = await stack.subscriberIds(`&pageId=${pageId}`);
  }, 60_000);

  const draft = async (overrides: Record<string, unknown> = {}): Promise<string> => {
    const now = Date.parse((await stack.ok('GET', '/v1/sandbox/clock')).now as string);
    const campaign = await stack.ok('POST', '/v1/campaigns', {
      name: 'Arrivals',
      pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: 10_000, currency: 'USD' },
      schedule: { startAt: iso(now), endAt: iso(now + 72 * HOUR_MS) },
      ...overrides,
    });
    return campaign.id as string;
  };
  const start = async (overrides: Record<string, unknown> = {}): Promise<string> => {
    const id = await draft(overrides);
    await stack.ok('POST', `/v1/campaigns/${id}/start`);
    await stack.until(`/v1/campaigns/${id}`, (campaign) => campaign.state !== 'scheduled');
    return id;
  };
  const campaign = (id: string): Promise<Json> => stack.ok('GET', `/v1/campaigns/${id}`);
  const comesTo = (id: string, state: string): Promise<Json> =>
    stack.until(`/v1/campaigns/${id}`, (body) => body.state === state);
  const choose = (id: string, ids: readonly string[]): Promise<Json> =>
    stack.ok('POST', `/v1/campaigns/${id}/messages`, { recipients: ids.map((subscriberId) => ({ subscriberId })) });
  const view = (id: string): Promise<CampaignView> =>
    stack.temporal.workflow.getHandle(campaignWorkflowId(id)).query(campaignViewQuery);

  describe('waitForPopulation', () => {
    it('waits for the floor of R-13, then the first accepted message makes it active', async () => {
      const id = await start({ audience: { all: true } });
      const waiting = await stack.until(`/v1/campaigns/${id}`, (body) => body.waitingFor?.what === 'population');
      expect(waiting).toMatchObject({ state: 'populating', waitingFor: { ruleId: 'R-13' } });
      expect((await view(id)).stage).toBe('waitForPopulation');
      await stack.advance('PT59M');
      expect((await campaign(id)).counts.sent).toBe(0);
      await stack.advance('PT3M');
      expect((await comesTo(id, 'ended')).counts).toMatchObject({ sent: 10 });
    }, 60_000);

    it('goes on after a pause without the reason of the pause', async () => {
      const id = await start();
      for (let round = 0; round < 5; round += 1) {
        await stack.ok('POST', `/v1/campaigns/${id}/pause`);
        await stack.ok('POST', `/v1/campaigns/${id}/resume`);
      }
      await stack.advance('PT1M');
      expect(await campaign(id)).toMatchObject({ state: 'populating', waitingFor: { what: 'population' } });
      expect((await campaign(id)).reason).toBeUndefined();
    }, 60_000);

    it('asks Meta for the status when nobody is chosen', async () => {
      const id = await start();
      await stack.advance('PT90M');
      expect((await comesTo(id, 'active')).waitingFor).toMatchObject({ what: 'recipients' });
    }, 60_000);

    it('never burns a person on a campaign that is not ready, and says so after four hours', async () => {
      await stack.control('PATCH', 'settings', { pageId: meta.id, populationMinutes: 600 });
      const id = await start();
      await choose(id, people.slice(0, 2));
      await stack.advance('PT5H');
      expect(await campaign(id)).toMatchObject({
        state: 'populating',
        reason: 'not_ready',
        counts: { queued: 2, failed: 0 },
      });
      await stack.control('POST', `campaigns/${(await campaign(id)).metaCampaignId}/ready`, {});
      await stack.advance('PT1H');
      expect(await campaign(id)).toMatchObject({ state: 'active', counts: { sent: 2 } });
    }, 60_000);
  });

  describe('drawDown', () => {
    it('stops before whom the budget cannot pay, and goes on after a raise', async () => {
      const id = await start({
        audience: { all: true },
        budget: { type: 'lifetime', amountMinor: 60, currency: 'USD' },
      });
      await stack.advance('PT2H');
      expect(await campaign(id)).toMatchObject({
        state: 'active',
        reason: 'budget_exhausted',
        counts: { sent: 6, refused: 0 },
        waitingFor: { what: 'budget', ruleId: 'R-14' },
        budget: { spentMinor: 60, reservedMinor: 0, remainingMinor: 0 },
      });
      await stack.ok('PATCH', `/v1/campaigns/${id}`, {
        budget: { type: 'lifetime', amountMinor: 100, currency: 'USD' },
      });
      expect(await comesTo(id, 'ended')).toMatchObject({ reason: 'completed', counts: { sent: 10 } });
    }, 60_000);

    it('holds who has had a message today until the slot, then sends', async () => {
      const first = await start();
      await choose(first, people.slice(0, 3));
      await stack.advance('PT2H');
      const second = await start({ whenSlotTaken: 'hold' });
      await choose(second, people.slice(0, 3));
      await stack.advance('PT2H');
      expect(await campaign(second)).toMatchObject({ counts: { held: 3 } });
      await stack.advance('PT30H');
      expect(await campaign(second)).toMatchObject({ counts: { held: 0, sent: 3 } });
    }, 60_000);

    it('pauses on a payment that Meta refuses, and goes on where it was', async () => {
      const id = await start();
      await choose(id, people.slice(0, 2));
      await stack
        .control('POST', 'faults', { match: { path: '/messages' }, fault: '500', code: 2300011, times: 1 })
        .catch(() => null);
      await stack.ok('POST', `/v1/campaigns/${id}/pause`);
      expect(await comesTo(id, 'paused')).toMatchObject({ reason: 'paused_by_request' });
      await stack.control('DELETE', 'faults');
      await stack.advance('PT2H');
      expect((await campaign(id)).counts).toMatchObject({ queued: 2, sent: 0 });
      await stack.ok('POST', `/v1/campaigns/${id}/resume`);
      await stack.advance('PT1H');
      expect((await campaign(id)).counts).toMatchObject({ sent: 2 });
    }, 60_000);
  });

  describe('tellMeta', () => {
    const CALL_RATE = 17;
    /** How often Meta still refuses to hear of the campaign. */
    const refusalsLeft = async (): Promise<number> =>
      ((await stack.control('GET', 'faults')).data as { times: number }[]).reduce((sum, { times }) => sum + times, 0);
    const refuse = async (id: string, times: number): Promise<void> => {
      const match = { path: `/${(await campaign(id)).metaCampaignId as string}` };
      await stack.control('POST', 'faults', { match, fault: 'error', code: CALL_RATE, times });
    };
    const raise = (id: string, amountMinor: number): Promise<Json> =>
      stack.ok('PATCH', `/v1/campaigns/${id}`, { budget: { type: 'lifetime', amountMinor, currency: 'USD' } });
    const isKnownAtMeta = async (id: string): Promise<boolean> => {
      const [row] = await stack.owner.query<{ meta_outdated: boolean }[]>(
        'SELECT meta_outdated FROM campaigns WHERE id = $1',
        [id],
      );
      return row?.meta_outdated === false;
    };
    afterEach(() => stack.control('DELETE', 'faults'));

    it('asks once a wait when Meta limits the rate, and sends afterwards', async () => {
      const id = await start();
      await stack.advance('PT90M');
      await comesTo(id, 'active');
      await refuse(id, 2);
      await raise(id, 20_000);
      await stack.until(`/v1/campaigns/${id}`, (body) => body.waitingFor?.what === 'meta');
      expect({ left: await refusalsLeft(), known: await isKnownAtMeta(id) }).toEqual({ left: 1, known: false });
      await choose(id, people.slice(0, 2));
      await stack.advance('PT31M');
      expect({ left: await refusalsLeft(), known: await isKnownAtMeta(id) }).toEqual({ left: 0, known: false });
      await stack.advance('PT31M');
      expect(await isKnownAtMeta(id)).toBe(true);
      expect((await campaign(id)).counts).toMatchObject({ sent: 2 });
    }, 60_000);

    it('wakes for it while the campaign waits for its population', async () => {
      const id = await start();
      await refuse(id, 1);
      await raise(id, 20_000);
      await stack.advance('PT10S');
      expect({ left: await refusalsLeft(), known: await isKnownAtMeta(id) }).toEqual({ left: 0, known: false });
      await stack.advance('PT31M');
      expect(await campaign(id)).toMatchObject({ state: 'populating' });
      expect(await isKnownAtMeta(id)).toBe(true);
    }, 60_000);
  });

  describe('scheduleEnd', () => {
    it('ends the campaign at its moment and cancels what waits', async () => {
      const first = await start();
      await choose(first, people.slice(0, 2));
      await stack.advance('PT2H');
      const now = Date.parse((await stack.ok('GET', '/v1/sandbox/clock')).now as string);
      const id = await start({
        schedule: { startAt: iso(now), endAt: iso(now + 3 * HOUR_MS) },
        whenSlotTaken: 'refuse',
      });
      await choose(id, people.slice(0, 4));
      await stack.advance('PT4H');
      expect(await campaign(id)).toMatchObject({
        state: 'ended',
        reason: 'schedule_ended',
        counts: { sent: 2, refused: 2, queued: 0, held: 0 },
      });
    }, 60_000);

    it('is raced by a stop, which cancels everything that waits', async () => {
      const id = await start();
      await choose(id, people);
      await stack.ok('POST', `/v1/campaigns/${id}/stop`);
      expect(await comesTo(id, 'stopped')).toMatchObject({ reason: 'stopped_by_request' });
      await stack.until(`/v1/campaigns/${id}`, (body) => body.counts.cancelled === 10);
      await stack.advance('PT3H');
      expect((await campaign(id)).counts).toMatchObject({ sent: 0, cancelled: 10 });
    }, 60_000);
  });

  it('is created at Meta once, also when the answer is lost', async () => {
    await stack.control('POST', 'faults', {
      match: { path: '/message_campaign' },
      fault: 'drop_after_accept',
      times: 1,
    });
    const id = await draft();
    await stack.ok('POST', `/v1/campaigns/${id}/start`);
    await stack.advance('PT10M');
    const { metaCampaignId } = await comesTo(id, 'populating');
    const response = await fetch(
      `${stack.simulator.url}/v25.0/act_${meta.adAccountId.replace('act_', '')}/ads?fields=id,campaign{name}`,
      { headers: { authorization: `Bearer ${meta.systemUserToken}` } },
    );
    const { data } = (await response.json()) as { data: { id: string; campaign: { name: string } }[] };
    expect(data.filter(({ campaign: { name } }) => name.includes(id)).map((found) => found.id)).toEqual([
      metaCampaignId,
    ]);
  }, 60_000);

  it('heals from a terminated workflow by the next look at the rows', async () => {
    const id = await start();
    await choose(id, people.slice(0, 2));
    await stack.temporal.workflow.getHandle(campaignWorkflowId(id)).terminate('a test');
    await stack.ok('PATCH', `/v1/campaigns/${id}`, { name: 'Arrivals again' });
    await stack.advance('PT2H');
    expect((await campaign(id)).counts).toMatchObject({ sent: 2 });
  }, 60_000);

  it('shows an operator state, money and the next moment, and nothing personal', async () => {
    const id = await start();
    await choose(id, people.slice(0, 2));
    await stack.advance('PT2H');
    const handle = stack.temporal.workflow.getHandle(campaignWorkflowId(id));
    await eventually(async () => {
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.state)).toBe('active');
      expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.page)).toBe(pageId);
    });
    const history = JSON.stringify(await handle.fetchHistory());
    expect(history).not.toContain('New arrivals are in');
    const { data } = await stack.control('GET', `people?pageId=${meta.id}`);
    for (const person of data as { psid: string; token: string }[]) {
      expect(history).not.toContain(person.psid);
      expect(history).not.toContain(person.token);
    }
  }, 60_000);
});

const iso = (ms: number): string => new Date(ms).toISOString();
