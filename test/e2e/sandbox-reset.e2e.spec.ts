import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createApiKey, createWorkspace, SCOPES } from '../../src/workspaces/workspace-admin';
import { HeraldClient } from '../support/herald-client';
import type { Json, SimulatedPage } from '../support/stack';
import { Stack } from '../support/stack';

const DAY_MS = 86_400_000;
const PEOPLE = 200;

/** One shop: its Page with people, and a campaign that sends to them. */
interface Shop {
  readonly herald: HeraldClient;
  readonly meta: SimulatedPage;
  readonly campaignId: string;
}

describe('A reset of the sandbox', () => {
  let stack: Stack;
  let meta: SimulatedPage;

  beforeAll(async () => {
    stack = await Stack.start();
    meta = await newPage();
  }, 120_000);
  beforeEach(() => stack.control('PATCH', 'settings', { answerDelayMs: 0, populationMinutes: 0, notReadyMinutes: 0 }));
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  const newPage = (): Promise<SimulatedPage> =>
    stack.control('POST', 'pages', { name: 'Aurora', country: 'US', currency: 'USD', timeZone: 'UTC' });

  /** Connects a Page, makes and imports its people and starts a campaign to all of them. */
  const open = async (herald: HeraldClient, page: SimulatedPage): Promise<Shop> => {
    const { id: pageId } = await herald.ok('POST', '/v1/pages', {
      metaPageId: page.id,
      platform: 'messenger',
      pageToken: page.pageToken,
      systemUserToken: page.systemUserToken,
      adAccountId: page.adAccountId,
    });
    await herald.control('POST', 'people', { pageId: page.id, count: PEOPLE, source: 'OPT_IN' });
    await herald.sync(pageId as string);
    const startAt = Date.parse((await herald.ok('GET', '/v1/sandbox/clock')).now as string);
    const campaign = await herald.ok('POST', '/v1/campaigns', {
      name: 'Arrivals',
      pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      audience: { all: true },
      budget: { type: 'lifetime', amountMinor: 1_000_000, currency: 'USD' },
      bidMinor: 10,
      schedule: { startAt: new Date(startAt).toISOString(), endAt: new Date(startAt + 5 * DAY_MS).toISOString() },
    });
    await herald.ok('POST', `/v1/campaigns/${campaign.id}/start`);
    return { herald, meta: page, campaignId: campaign.id as string };
  };
  const campaignOf = ({ herald, campaignId }: Shop, isSo: (campaign: Json) => boolean): Promise<Json> =>
    herald.until(`/v1/campaigns/${campaignId}`, isSo);
  const reset = (herald: HeraldClient): Promise<Json> => herald.ok('POST', '/v1/sandbox/reset');
  const ready = (herald: HeraldClient): Promise<Json> =>
    herald.until('/v1/sandbox/clock', (clock: Json) => clock.status === 'ready');
  const aheadMs = async (): Promise<number> =>
    Date.parse((await stack.ok('GET', '/v1/sandbox/clock')).now as string) - Date.now();

  /** Tables in which the workspace has rows. */
  const filled = async (): Promise<string[]> => {
    const tables = await stack.owner.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'workspace_id' AND table_name !~ '^inbox_' ORDER BY 1`,
    );
    const names: string[] = [];
    for (const { name } of tables) {
      const sql = `SELECT workspace_id FROM ${name} WHERE workspace_id = $1 LIMIT 1`;
      if ((await stack.owner.query<unknown[]>(sql, [stack.workspaceId])).length > 0) names.push(name);
    }
    return names;
  };

  it('ends everything in the middle of a campaign, and nothing of it comes back', async () => {
    const shop = await open(stack, meta);
    await stack.control('PATCH', 'settings', { answerDelayMs: 150 });
    await stack.ok('POST', '/v1/sandbox/clock', { advance: 'P2D' });
    const { workflowId } = await campaignOf(shop, (campaign) => campaign.counts.sent > 0);
    await reset(stack);
    expect(await filled()).toEqual(['api_keys']);
    expect((await stack.call('GET', `/v1/campaigns/${shop.campaignId}`)).status).toBe(404);
    const { status } = await stack.temporal.workflow.getHandle(workflowId as string).describe();
    expect(status.name).toBe('TERMINATED');
    expect(await aheadMs()).toBeLessThan(60_000);
    // What the worker still had in its hands is over once it has stopped.
    await stack.stopWorker();
    expect(await filled()).toEqual(['api_keys']);
    expect((await stack.control('GET', `people?pageId=${meta.id}`)).data).toEqual([]);
    expect((await stack.control('GET', 'sends')).data).toEqual([]);
    stack.startWorker();
    await ready(stack);
  }, 120_000);

  it('drops events of the Page that come late', async () => {
    const body = JSON.stringify({
      object: 'page',
      entry: [
        {
          id: meta.id,
          time: Date.now(),
          messaging: [
            {
              sender: { id: '77' },
              recipient: { id: meta.id },
              timestamp: Date.now(),
              message: { mid: 'm_late', text: 'Hi' },
            },
          ],
        },
      ],
    });
    const signature = createHmac('sha256', stack.config.meta.appSecrets[0]?.secret ?? '')
      .update(body)
      .digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    const answer = await fetch(`${stack.apiUrl}/webhooks/meta`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    expect(await filled()).toEqual(['api_keys']);
  });

  it('lets the same Page begin anew, with the same key and a clock that can be moved', async () => {
    const shop = await open(stack, meta);
    await stack.advance('P2D');
    const campaign = await campaignOf(shop, ({ counts }) => counts.delivered === PEOPLE);
    expect(campaign.budget).toMatchObject({ reservedMinor: 0 });
    expect(await stack.control('GET', `sends/summary`)).toMatchObject({ people: PEOPLE, maxPerPerson: 1 });
  }, 120_000);

  it('leaves another workspace, its people at Meta and the clock as they are', async () => {
    const { id } = await createWorkspace(stack.owner, 'Borealis');
    const { secret } = await createApiKey(stack.owner, id, { name: 'other', scopes: SCOPES });
    const other = await open(new HeraldClient(stack.apiUrl, secret, stack.simulatorUrl), await newPage());
    await stack.advance('P2D');
    const before = await campaignOf(other, ({ counts }) => counts.delivered === PEOPLE);
    await reset(stack);
    expect(await filled()).toEqual(['api_keys']);
    expect(await other.herald.ok('GET', `/v1/campaigns/${other.campaignId}`)).toMatchObject({
      counts: before.counts,
      budget: before.budget,
    });
    expect(await other.herald.subscriberIds()).toHaveLength(PEOPLE);
    expect((await stack.control('GET', `people?pageId=${other.meta.id}&limit=200`)).data).toHaveLength(PEOPLE);
    expect(await aheadMs()).toBeGreaterThan(2 * DAY_MS);
    await reset(other.herald);
    expect(await aheadMs()).toBeLessThan(60_000);
  }, 120_000);
});
