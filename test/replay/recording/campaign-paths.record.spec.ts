import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { campaignWorkflowId } from '../../../workflows/shared/names';
import { Shop, isoTime } from '../../support/shop';
import { Stack } from '../../support/stack';
import { eventually } from '../../workflows/subscriber-life';
import { savePath } from './save-path';

jest.setTimeout(120_000);
const HOUR_MS = 3_600_000;

/** Walks campaigns along each of their paths, through a whole stack, and saves what stands in their histories. */
describe('Histories of the campaign workflow', () => {
  let stack: Stack;
  let shop: Shop;

  beforeAll(async () => {
    stack = await Stack.start();
    await stack.control('PATCH', 'settings', { unitPriceMinor: 10, readRate: 0, clickRate: 0, notReadyMinutes: 0 });
  });
  /** A Page of its own for every path: nobody's slot is taken. */
  beforeEach(async () => {
    shop = await Shop.open(stack, 10);
  });
  afterEach(() => stack.control('DELETE', 'faults'));
  afterAll(() => stack.stop());

  const save = (path: string, id: string): Promise<void> =>
    savePath(path, stack.temporal.workflow.getHandle(campaignWorkflowId(id)));
  const ends = async (id: string): Promise<void> => {
    await stack.temporal.workflow.getHandle(campaignWorkflowId(id)).result();
  };

  /** A campaign that has sent to two people and waits for more. */
  const underWay = async (): Promise<string> => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'recipients');
    return id;
  };
  /** Meta refuses every message of the Page with these codes; without one it takes them again. */
  const refuses = (...refusals: number[]): Promise<unknown> =>
    stack.control('PATCH', `pages/${shop.meta.id}`, { refusals });

  it('records a start that lies ahead', async () => {
    const nowMs = await shop.nowMs();
    const id = await shop.startCampaign({
      schedule: { startAt: isoTime(nowMs + 48 * HOUR_MS), endAt: isoTime(nowMs + 96 * HOUR_MS) },
    });
    await shop.waitsFor(id, 'start');
    await stack.advance('PT25H');
    await shop.waitsFor(id, 'population');
    await save('campaign-scheduled-ahead', id);
  });

  it('records an audience that is probed when the floor has passed, and completed', async () => {
    const id = await shop.startCampaign({ audience: { all: true } });
    await shop.waitsFor(id, 'population');
    await stack.advance('PT2H');
    await ends(id);
    await save('campaign-population-by-timer', id);
  });

  it('records readiness by the status, where nobody is chosen', async () => {
    const id = await shop.startCampaign();
    await shop.waitsFor(id, 'population');
    await stack.advance('PT90M');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-population-by-status', id);
  });

  it('records probes that come too early', async () => {
    await stack.control('PATCH', 'settings', { pageId: shop.meta.id, populationMinutes: 75 });
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-population-not-ready-again', id);
  });

  it('records several batches', async () => {
    await stack.control('POST', 'people', { pageId: shop.meta.id, count: 600, source: 'OPT_IN' });
    await stack.sync(shop.pageId);
    const id = await shop.startCampaign({ audience: { all: true } });
    await stack.advance('PT2H');
    await ends(id);
    await save('campaign-next-batch', id);
  });

  it('records messages that are held until their slots', async () => {
    const first = await shop.startCampaign();
    await shop.choose(first, shop.people.slice(0, 3));
    await stack.advance('PT2H');
    const id = await shop.startCampaign({ whenSlotTaken: 'hold' });
    await shop.choose(id, shop.people.slice(0, 3));
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'slot');
    await stack.advance('PT30H');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-held-until-slot', id);
  });

  it('records a budget that is used up and raised', async () => {
    const id = await shop.startCampaign({
      audience: { all: true },
      budget: { type: 'lifetime', amountMinor: 60, currency: 'USD' },
    });
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'budget');
    const budget = { type: 'lifetime', amountMinor: 100, currency: 'USD' };
    await stack.ok('PATCH', `/v1/campaigns/${id}`, { budget });
    await ends(id);
    await save('campaign-budget-used-up-and-raised', id);
  });

  it('records a pause and going on', async () => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await stack.advance('PT2H');
    await shop.command(id, 'pause');
    await shop.waitsFor(id, 'resume');
    await shop.choose(id, shop.people.slice(2, 4));
    await shop.command(id, 'resume');
    await stack.until(`/v1/campaigns/${id}`, ({ counts }) => counts.sent === 4);
    await shop.waitsFor(id, 'recipients');
    await save('campaign-paused-and-resumed', id);
  });

  it('records a Page that Meta restricts and frees', async () => {
    const id = await shop.startCampaign();
    await shop.waitsFor(id, 'population');
    await policy('block');
    await shop.comesTo(id, 'paused');
    await shop.waitsFor(id, 'resume');
    await policy('unblock');
    await stack.until(`/v1/pages/${shop.pageId}`, ({ restriction }) => restriction === null);
    await shop.command(id, 'resume');
    await shop.waitsFor(id, 'population');
    await save('campaign-page-restricted', id);
  });

  it('records a payment that Meta refuses until it is settled', async () => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await refuses(2300011);
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'resume');
    await refuses();
    await shop.command(id, 'resume');
    await stack.advance('PT2H');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-payment-refused-and-resumed', id);
  });

  it('records a Meta that takes the next messages later', async () => {
    const id = await underWay();
    await refuses(2300055);
    await shop.choose(id, shop.people.slice(2, 4));
    await shop.waitsFor(id, 'meta');
    await refuses();
    await stack.advance('PT24H');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-paced-by-meta', id);
  });

  it('records a message whose answer is still to come', async () => {
    const id = await underWay();
    await leftBehind(id, 50);
    await stack.temporal.workflow.getHandle(campaignWorkflowId(id)).signal('refresh');
    await shop.waitsFor(id, 'meta');
    await shop.waitsFor(id, 'recipients');
    await save('campaign-last-answers', id);
  });

  it('records a stop while an answer is still to come', async () => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await shop.waitsFor(id, 'population');
    await leftBehind(id, 0);
    await shop.command(id, 'stop');
    await ends(id);
    await save('campaign-stopped-before-last-answers', id);
  });

  it('records a run that is long enough', async () => {
    const id = await shop.startCampaign();
    await shop.waitsFor(id, 'population');
    const workflowId = campaignWorkflowId(id);
    const { runId } = await stack.temporal.workflow.getHandle(workflowId).describe();
    const first = stack.temporal.workflow.getHandle(workflowId, runId);
    for (let left = 40; (await first.describe()).status.name === 'RUNNING' && left > 0; left -= 1) {
      await Promise.all(Array.from({ length: 50 }, () => first.signal('refresh').catch(() => undefined)));
    }
    await savePath('campaign-continued-as-new', first);
  });

  it('records a campaign that Meta will never send', async () => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people.slice(0, 2));
    await stack.control('POST', 'faults', { match: { path: '/messages' }, fault: 'error', code: 2300020 });
    await stack.advance('PT2H');
    await shop.comesTo(id, 'failed');
    await ends(id);
    await save('campaign-broken-at-meta', id);
  });

  it('records the end of a schedule', async () => {
    const nowMs = await shop.nowMs();
    const id = await shop.startCampaign({
      schedule: { startAt: isoTime(nowMs), endAt: isoTime(nowMs + 3 * HOUR_MS) },
    });
    await stack.advance('PT3H');
    await ends(id);
    await save('campaign-schedule-ended', id);
  });

  it('records a stop', async () => {
    const id = await shop.startCampaign();
    await shop.choose(id, shop.people);
    await shop.waitsFor(id, 'population');
    await shop.command(id, 'stop');
    await ends(id);
    await save('campaign-stopped', id);
  });

  it('records a database that does not answer', async () => {
    const id = await shop.startCampaign();
    await shop.waitsFor(id, 'population');
    const handle = stack.temporal.workflow.getHandle(campaignWorkflowId(id));
    const connection = stack.owner.createQueryRunner();
    await connection.startTransaction();
    await connection.query('LOCK TABLE campaigns IN ACCESS EXCLUSIVE MODE');
    await handle.signal('refresh');
    await eventually(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities ?? []).toHaveLength(1);
    });
    await connection.rollbackTransaction();
    await connection.release();
    await eventually(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities ?? []).toEqual([]);
    });
    await shop.waitsFor(id, 'population');
    await save('campaign-database-down', id);
  });

  /** A message of the campaign is as a worker leaves it that dies before the answer; it is swept after a minute. */
  const leftBehind = (id: string, secondsAgo: number): Promise<unknown> =>
    stack.owner.query(
      `UPDATE sends SET state = 'sending', begun_at = now(), begun_wall_at = now() - make_interval(secs => $2)
        WHERE id = (SELECT id FROM sends WHERE campaign_id = $1 LIMIT 1)`,
      [id, secondsAgo],
    );

  /** Tells the API, as Meta does, what it has decided about the Page. */
  async function policy(action: 'block' | 'unblock'): Promise<void> {
    const timestamp = await shop.nowMs();
    const event = { recipient: { id: shop.meta.id }, timestamp, policy_enforcement: { action, reason: 'Spam' } };
    const body = JSON.stringify({ object: 'page', entry: [{ id: shop.meta.id, time: timestamp, messaging: [event] }] });
    const secret = stack.config.meta.appSecrets[0]?.secret ?? '';
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
    const { status } = await fetch(`${stack.apiUrl}/webhooks/meta`, { method: 'POST', body, headers });
    expect(status).toBe(200);
  }
});
