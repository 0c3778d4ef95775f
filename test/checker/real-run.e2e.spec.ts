import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkRun, formatReport } from '../../checker/check-run';
import type { CheckReport, CheckSource } from '../../checker/check-run';
import { Stack } from '../support/stack';

/** What Meta charges, and how many stop by themselves after they read. */
const PRICE_MINOR = 5;
const PEOPLE = 40;
const LEAVERS = 10;

describe('The checker on a campaign of the whole stack', () => {
  let stack: Stack;
  let source: CheckSource;
  let pageId: string;
  let people: string[];

  beforeAll(async () => {
    stack = await Stack.start();
    const { config, simulator } = stack;
    const lookupKey = config.keys.lookupKey.toString('base64');
    source = { simulatorUrl: simulator.url, databaseUrl: config.database.ownerUrl, lookupKey };
    await stack.control('PATCH', 'settings', { unitPriceMinor: PRICE_MINOR, optOutNotice: 'optins_stop' });
    const page = await stack.connectPage();
    pageId = page.id;
    const group = { pageId: page.meta.id, source: 'OPT_IN' };
    await stack.control('POST', 'people', { ...group, count: PEOPLE - LEAVERS, behaviour: { read: 1, click: 0.5 } });
    await stack.control('POST', 'people', { ...group, count: LEAVERS, behaviour: { read: 1, stop: 1 } });
    await stack.sync(page.id);
    people = await stack.subscriberIds();
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('finds nothing amiss after deliveries, readings, clicks, opt-outs and the end', async () => {
    await runCampaign('first');
    const report = await checkRun(source);
    expect(formatReport(report)).toContain('violations 0');
    expect(report.figures).toMatchObject({ accepted: PEOPLE, people: PEOPLE, recipients: PEOPLE, open: 0, unknown: 0 });
    expect(report.figures.webhooks).toBeGreaterThanOrEqual(3 * PEOPLE + LEAVERS);
  }, 120_000);

  it('finds nothing amiss when those who left are chosen again, and refused', async () => {
    const campaignId = await runCampaign('second');
    const report = await checkRun({ ...source, chosen: [{ campaignId, subscriberIds: people }] });
    expect(formatReport(report)).toContain('violations 0');
    expect(report.figures).toMatchObject({ accepted: 2 * PEOPLE - LEAVERS, people: PEOPLE, recipients: 2 * PEOPLE });
  }, 120_000);

  it('finds what was planted in the same run', async () => {
    await stack.owner.query(`UPDATE sends SET state = 'queued' WHERE (campaign_id, id) = ANY (
      SELECT campaign_id, id FROM sends WHERE state = 'read' LIMIT 1)`);
    const { violations }: CheckReport = await checkRun(source);
    expect(violations.map(({ check }) => check)).toEqual([
      'the history of a send ends with its state',
      'a campaign that is over leaves nobody waiting',
      'the row of a message at Meta says that it may have gone',
    ]);
  }, 120_000);

  async function runCampaign(name: string): Promise<string> {
    const { now } = await stack.ok('GET', '/v1/sandbox/clock');
    const startMs = Date.parse(now as string);
    const { id } = await stack.ok('POST', '/v1/campaigns', {
      name,
      pageId,
      kind: 'direct',
      content: { text: 'New arrivals are in.' },
      budget: { type: 'lifetime', amountMinor: PRICE_MINOR * PEOPLE, currency: 'USD' },
      schedule: { startAt: now, endAt: new Date(startMs + 3 * 86_400_000).toISOString() },
    });
    await stack.ok('POST', `/v1/campaigns/${id}/start`);
    await stack.ok('POST', `/v1/campaigns/${id}/messages`, {
      recipients: people.map((subscriberId) => ({ subscriberId })),
    });
    await stack.advance('P4D');
    return id as string;
  }
});
