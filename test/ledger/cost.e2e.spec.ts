import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from '../support/stack';
import { Stack } from '../support/stack';
import { withoutAutovacuum } from '../support/xact-commits';
import type { Committed, Period } from './transaction-watch';
import { TransactionWatch } from './transaction-watch';

/** Design §11: what a campaign of this size may cost a message, over a whole stack. */
const RECIPIENTS = 10_000;
const MOST_ACTIONS = 0.02;
const MOST_EVENTS = 0.06;
const MOST_COMMITS = 0.03;
const MOST_STATEMENTS_PER_HUNDRED = 12;
const MOST_EVENTS_A_RUN = 2_000;
/** A batch: whoever reads more at a time would hold the whole audience one day. */
const MOST_ROWS_AT_A_TIME = 500;

/** Temporal publishes its counters about once a second. */
const METRICS_LAG_MS = 1_500;

interface Cost {
  readonly commits: number;
  readonly statements: number;
}

/**
 * What only a campaign does, told from what is done all the time. Postgres counts the commits of both periods; but loops
 * look for work less often on a busy machine, so a plain difference takes away too much for them: it came out below zero.
 * A look for work is a transaction of which nothing is unknown in idle times, or the test's own. Each is taken from its
 * own period, and the difference is left with what nobody asked for, such as the settings of a new connection; where
 * Postgres has still to count some of the idle times' own, that is nothing.
 */
function ofCampaign(sending: Period, idle: Period): Cost {
  const known = new Set(idle.committed.flatMap(({ statements }) => statements));
  const isNews = ({ isHeralds, statements }: Committed): boolean =>
    isHeralds && statements.some((sql) => !known.has(sql));
  const news = sending.committed.filter(isNews);
  const looks = sending.committed.length - news.length;
  return {
    commits: sending.xactCommits - looks - Math.max(0, idle.xactCommits - idle.committed.length),
    statements: news.reduce((sum, { statements }) => sum + statements.length, 0),
  };
}

describe(`A campaign of ${RECIPIENTS} through a whole stack`, () => {
  let stack: Stack;
  let campaign: Json;
  let perMessage: { readonly actions: number; readonly commits: number; readonly statements: number };
  let mostRows: number;

  beforeAll(async () => {
    const watch = new TransactionWatch();
    stack = await Stack.start('no-webhooks', { SEND_RATE_START: '10000' });
    const page = await stack.connectPage();
    await stack.ok('PATCH', `/v1/pages/${page.id}`, { sendsPerSecond: 10_000 });
    await stack.control('POST', 'people', { pageId: page.meta.id, count: RECIPIENTS, source: 'OPT_IN' });
    await stack.sync(page.id);
    campaign = await populate(stack, page.id);
    await withoutAutovacuum(stack.owner);
    await watch.period(stack.owner);
    const actionsBefore = await actionsOf(stack.config.temporal.namespace);
    const startedMs = performance.now();
    await stack.ok('POST', `/v1/campaigns/${campaign.id}/resume`);
    await acceptedByAll(stack, campaign.id as string);
    await pause(METRICS_LAG_MS);
    const lastedMs = performance.now() - startedMs;
    const sending = await watch.period(stack.owner);
    const actions = (await actionsOf(stack.config.temporal.namespace)) - actionsBefore;
    await pause(lastedMs);
    const idle = await watch.period(stack.owner);
    const { commits, statements } = ofCampaign(sending, idle);
    perMessage = {
      actions: actions / RECIPIENTS,
      commits: commits / RECIPIENTS,
      statements: statements / RECIPIENTS,
    };
    mostRows = sending.mostRows;
    process.stdout.write(
      `a message: ${perMessage.actions.toFixed(4)} actions, ${perMessage.commits.toFixed(4)} commits, ${perMessage.statements.toFixed(4)} statements; at most ${mostRows} rows at a time\n` +
        `in ${(lastedMs / 1_000).toFixed(1)} s: ${sending.xactCommits} commits, ${sending.committed.length} of them asked for; idle ${idle.xactCommits} and ${idle.committed.length}\n`,
    );
  }, 600_000);
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('is taken by Meta once for everybody', async () => {
    const summary = await stack.control('GET', `sends/summary?campaignId=${campaign.metaCampaignId}`);
    expect(summary).toMatchObject({ accepted: RECIPIENTS, people: RECIPIENTS, maxPerPerson: 1 });
  });

  it(`costs at most ${MOST_ACTIONS} Temporal actions a message`, () => {
    expect(perMessage.actions).toBeGreaterThan(0);
    expect(perMessage.actions).toBeLessThanOrEqual(MOST_ACTIONS);
  });

  it(`costs at most ${MOST_COMMITS} commits a message`, () => {
    expect(perMessage.commits).toBeGreaterThan(0);
    expect(perMessage.commits).toBeLessThanOrEqual(MOST_COMMITS);
  });

  it(`costs at most ${MOST_STATEMENTS_PER_HUNDRED} statements per 100 messages`, () => {
    expect(perMessage.statements).toBeGreaterThan(0);
    expect(perMessage.statements * 100).toBeLessThanOrEqual(MOST_STATEMENTS_PER_HUNDRED);
  });

  it(`writes at most ${MOST_EVENTS} history events a message, and no run grows to ${MOST_EVENTS_A_RUN}`, async () => {
    const runs = await historyLengths(stack, `campaign/${campaign.id as string}`);
    expect(Math.max(...runs)).toBeLessThan(MOST_EVENTS_A_RUN);
    expect(runs.reduce((sum, events) => sum + events, 0) / RECIPIENTS).toBeLessThanOrEqual(MOST_EVENTS);
  });

  it('never holds more rows than a batch has people, however many the audience has', () => {
    expect(mostRows).toBeLessThanOrEqual(MOST_ROWS_AT_A_TIME);
  });
});

/** A campaign that Meta has populated, held back by a pause. */
async function populate(stack: Stack, pageId: string): Promise<Json> {
  const startAt = Date.parse((await stack.ok('GET', '/v1/sandbox/clock')).now as string);
  const { id } = await stack.ok('POST', '/v1/campaigns', {
    name: 'Cost',
    pageId,
    kind: 'direct',
    content: { text: 'New arrivals are in.' },
    audience: { all: true },
    budget: { type: 'lifetime', amountMinor: RECIPIENTS * 5, currency: 'USD' },
    schedule: { startAt: new Date(startAt).toISOString(), endAt: new Date(startAt + 5 * 86_400_000).toISOString() },
  });
  await stack.ok('POST', `/v1/campaigns/${id}/start`);
  await stack.until(`/v1/campaigns/${id}`, ({ state }) => state === 'populating');
  await stack.ok('POST', `/v1/campaigns/${id}/pause`);
  await stack.advance('PT2H');
  return stack.ok('GET', `/v1/campaigns/${id}`);
}

/** Asked of the database: the API's own transactions are not to be counted. */
async function acceptedByAll(stack: Stack, campaignId: string): Promise<void> {
  for (let accepted = 0; accepted < RECIPIENTS;) {
    await pause(1_000);
    const [{ count }] = await stack.owner.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM sends WHERE campaign_id = $1 AND accepted_at IS NOT NULL',
      [campaignId],
    );
    accepted = count;
  }
}

/** The server's own count of what Temporal Cloud would bill, in this namespace; its labels know no hyphen. */
async function actionsOf(namespace: string): Promise<number> {
  const port = process.env['TEST_TEMPORAL_METRICS_PORT'] ?? '';
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const label = `namespace="${namespace.replaceAll('-', '_')}"`;
  const counted = metrics.split('\n').filter((line) => line.startsWith('action{') && line.includes(label));
  return counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Events of every run of a workflow. */
async function historyLengths(stack: Stack, workflowId: string): Promise<number[]> {
  const lengths: number[] = [];
  for await (const run of stack.temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    const { historyLength } = await stack.temporal.workflow.getHandle(workflowId, run.runId).describe();
    lengths.push(historyLength);
  }
  return lengths;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
