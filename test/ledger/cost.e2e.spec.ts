import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { Json } from '../support/stack';
import { Stack } from '../support/stack';

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
/** Long enough for every loop to have looked for work. */
const IDLE_MS = 5_000;
const BEGINS = /^(START TRANSACTION|BEGIN)\b/i;
const ENDS = /^(COMMIT|ROLLBACK)\b/i;
const NOT_COUNTED = /^(SET|SAVEPOINT|RELEASE)\b/i;

/** A statement, and the transaction it belongs to; null where it is one by itself. */
interface Asked {
  readonly sql: string;
  readonly transaction: number | null;
}

/** What Herald's roles ask Postgres from now on, and the most rows that came back at one time. */
function watchHerald(): { asked: Asked[]; mostRows: number } {
  const seen = { asked: [] as Asked[], mostRows: 0 };
  const open = new Map<Client, number>();
  let transactions = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the client that the spy was called on
  const query = Client.prototype.query as (this: Client, ...given: unknown[]) => Promise<{ rows?: unknown[] }>;
  jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...given: unknown[]) {
    const answer = query.apply(this, given);
    if (this.user?.startsWith('herald_') !== true) return answer as never;
    const sql = (typeof given[0] === 'string' ? given[0] : (given[0] as { text: string }).text).trim();
    if (BEGINS.test(sql)) open.set(this, (transactions += 1));
    else if (ENDS.test(sql)) open.delete(this);
    else if (!NOT_COUNTED.test(sql)) seen.asked.push({ sql, transaction: open.get(this) ?? null });
    return answer.then((result) => {
      seen.mostRows = Math.max(seen.mostRows, result.rows?.length ?? 0);
      return result;
    }) as never;
  });
  return seen;
}

/**
 * What is asked while nothing is to be done is not the campaign's: loops look for work on a busy machine less often than
 * on an idle one, so it cannot be told by time. A transaction is the campaign's if any statement of it is.
 */
function ofCampaign(asked: readonly Asked[], idle: readonly Asked[]): { statements: number; commits: number } {
  const known = new Set(idle.map(({ sql }) => sql));
  const news = asked.filter(({ sql }) => !known.has(sql));
  const grouped = new Set(news.flatMap(({ transaction }) => transaction ?? []));
  const alone = news.filter(({ transaction }) => transaction === null).length;
  const statements = asked.filter(({ transaction }) => transaction !== null && grouped.has(transaction)).length + alone;
  return { statements, commits: grouped.size + alone };
}

describe(`A campaign of ${RECIPIENTS} through a whole stack`, () => {
  let stack: Stack;
  let campaign: Json;
  let perMessage: { readonly actions: number; readonly commits: number; readonly statements: number };
  let mostRows: number;

  beforeAll(async () => {
    stack = await Stack.start('no-webhooks', { SEND_RATE_START: '10000' });
    const page = await stack.connectPage();
    await stack.ok('PATCH', `/v1/pages/${page.id}`, { sendsPerSecond: 10_000 });
    await stack.control('POST', 'people', { pageId: page.meta.id, count: RECIPIENTS, source: 'OPT_IN' });
    await stack.sync(page.id);
    campaign = await populate(stack, page.id);
    const herald = watchHerald();
    await pause(IDLE_MS);
    const idle = herald.asked.splice(0);
    const actionsBefore = await actionsOf(stack.config.temporal.namespace);
    await stack.ok('POST', `/v1/campaigns/${campaign.id}/resume`);
    await acceptedByAll(stack, campaign.id as string);
    await pause(METRICS_LAG_MS);
    const { commits, statements } = ofCampaign(herald.asked, idle);
    const actions = (await actionsOf(stack.config.temporal.namespace)) - actionsBefore;
    perMessage = {
      actions: actions / RECIPIENTS,
      commits: commits / RECIPIENTS,
      statements: statements / RECIPIENTS,
    };
    mostRows = herald.mostRows;
    process.stdout.write(
      `a message: ${perMessage.actions.toFixed(4)} actions, ${perMessage.commits.toFixed(4)} commits, ${perMessage.statements.toFixed(4)} statements; at most ${mostRows} rows at a time\n`,
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
    expect(perMessage.commits).toBeLessThanOrEqual(MOST_COMMITS);
  });

  it(`costs at most ${MOST_STATEMENTS_PER_HUNDRED} statements per 100 messages`, () => {
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
