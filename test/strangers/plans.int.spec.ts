import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource, Logger } from 'typeorm';
import { ApiDatabase } from '../../src/http/databases';
import { inTenantTransaction } from '../../src/persistence/database';
import { ApiUnderTest } from '../api/api-under-test';
import { draft, inDollars, startedCampaign } from '../api/campaigns';
import { connectedPage } from '../api/fixtures';
import { inHours, optedIn, topic } from '../api/people';
import type { Crowd } from './crowd';
import { fill } from './crowd';
import { GoodInput } from './good-input';
import type { Operation } from './operations';
import { named, TENANT_OPERATIONS } from './operations';

const PEOPLE = 100_000;
const NEIGHBOURS = 5_000;
/** Below it reading all of a table is the best plan. */
const BIG = 5_000;
const KNOWN = { psid: '7351004321', externalId: 'customer-4711', email: 'ada@example.com', phone: '+390255501428' };

interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Protocol §1.6: `LIKE` and `@>` lose their index under row-level security. */
const LOSES_ITS_INDEX = /\bI?LIKE\b|@>|~~/i;

/** Bodies of a call: it names a person, or what it is for, in several ways. */
const BODIES = 16;
/** Of a Page that Meta would have to tell about; here is none. */
const SPARE = { id: '104201777777777', pageToken: 'p', systemUserToken: 's', adAccountId: 'a', businessId: 'b' };

describe('With 100,000 people no call goes through a whole table', () => {
  let api: ApiUnderTest;
  let database: DataSource;
  let big: ReadonlySet<string>;
  let ids: Readonly<Record<string, string>>;
  let filters: Readonly<Record<string, readonly string[]>>;
  let heard: Statement[] = [];

  beforeAll(async () => {
    api = await ApiUnderTest.start();
    const crowd = await crowdOf(api);
    await fill(api.owner, crowd, PEOPLE);
    const neighbour = await api.beside('Borealis');
    await fill(api.owner, await crowdOf(neighbour), NEIGHBOURS);
    const person = await api.post('/v1/subscribers', { pageId: crowd.pageId, ...KNOWN, tags: ['tag7'] });
    const [send] = await api.owner.query<{ id: string }[]>('SELECT id FROM sends WHERE campaign_id = $1 LIMIT 1', [
      crowd.campaignId,
    ]);
    ids = {
      pages: crowd.pageId,
      topics: crowd.topicId,
      campaigns: crowd.campaignId,
      subscribers: person.body.id,
      messages: send?.id ?? '',
      'opt-in-requests': await anId('opt_in_requests'),
      rules: 'R-08',
    };
    filters = {
      ...Object.fromEntries(Object.entries(KNOWN).map(([name, value]) => [name, [value]])),
      pageId: [crowd.pageId],
      metaPageId: ['100200300'],
      subscriberId: [person.body.id],
      topicId: [crowd.topicId],
      orderId: ['4711'],
      tag: ['tag7', 'nobody has it'],
      content: ['promotional'],
      at: [new Date().toISOString()],
    };
    await api.owner.query('ANALYZE');
    big = new Set(
      (
        await api.owner.query<{ name: string }[]>(
          `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > $1`,
          [BIG],
        )
      ).map(({ name }) => name),
    );
    database = api.app.get(ApiDatabase).dataSource;
    database.logger = listener((statement) => heard.push(statement));
  }, 120_000);
  afterAll(() => api.stop());

  async function anId(table: string): Promise<string> {
    const [row] = await api.owner.query<{ id: string }[]>(
      `SELECT id FROM ${table} WHERE workspace_id = '${api.workspaceId}' LIMIT 1`,
    );
    return row?.id ?? '';
  }

  /** What is wrong with the plan of a statement, as the API's role gets it. */
  async function faultsOf({ sql, parameters }: Statement): Promise<string[]> {
    const [answer] = await inTenantTransaction(database, api.workspaceId, (manager) =>
      manager.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(`EXPLAIN (FORMAT JSON) ${sql}`, parameters),
    );
    const scanned = answer === undefined ? [] : scannedIn(answer['QUERY PLAN'][0].Plan);
    const faults = scanned.filter((table) => big.has(table)).map((table) => `reads all of ${table}: ${sql}`);
    return LOSES_ITS_INDEX.test(sql) ? [...faults, `has no index: ${sql}`] : faults;
  }

  /** Calls, and hears what reaches the database. */
  async function statementsOf(url: string): Promise<Statement[]> {
    heard = [];
    const { status } = await api.get(url);
    expect({ url, isAnswered: status < 400 || status === 404 }).toEqual({ url, isAnswered: true });
    return explainable();
  }

  const explainable = (): Statement[] => heard.filter(({ sql }) => /^\s*(SELECT|WITH|INSERT|UPDATE)\b/i.test(sql));

  /** Calls with good bodies, of which at least one is taken, and hears what reaches the database. */
  async function statementsOfWriting(operation: Operation): Promise<Statement[]> {
    const good = new GoodInput({ api, ids: await writable(), spare: SPARE });
    const calls = fc.record({ path: good.path(operation), body: good.body(operation) });
    heard = [];
    const answers: string[] = [];
    for (const { path, body } of fc.sample(calls, { seed: 1, numRuns: BODIES })) {
      const { status, text } = await api.call(operation.method, path, { body });
      answers.push(`${status} ${text}`);
    }
    const isTaken = answers.some((answer) => answer.startsWith('2'));
    expect(isTaken || ASKS_META.has(operation.name) ? [] : answers).toEqual([]);
    return explainable();
  }

  /** What a writing call may name: campaigns that can be started, paused, resumed and stopped among it. */
  async function writable(): Promise<Readonly<Record<string, readonly string[]>>> {
    const { pages = '', topics = '', campaigns = '' } = ids;
    await api.owner.query(`UPDATE campaigns SET state = 'active' WHERE id = $1`, [campaigns]);
    const started = await Promise.all(
      (['active', 'paused'] as const).map((state) => startedCampaign(api, pages, state, inDollars)),
    );
    const automation = await api.post('/v1/automations', {
      name: 'Order',
      pageIds: [pages],
      trigger: { kind: 'order_status', status: 'CONFIRMED' },
      steps: [{ ask: { topicId: topics } }],
    });
    return {
      pages: [pages],
      topics: [topics],
      subscribers: [await optedIn(api, pages, { windowUntil: inHours(5) })],
      campaigns: [campaigns, ...started, (await draft(api, pages, inDollars)).body.id],
      automations: [automation.body.id],
    };
  }

  it('which has so many in every table that grows with people', () => {
    const growing = ['subscribers', 'subscriber_tags', 'subscriber_identities', 'sends', 'opt_in_requests'];
    expect(growing.filter((table) => !big.has(table))).toEqual([]);
  });

  /** The sandbox's clock looks at everything that is due, of every workspace: there is none in production. */
  const reading = TENANT_OPERATIONS.filter(
    ({ method, path }) => method === 'GET' && !/^\/v1\/(rules|sandbox)\b/.test(path),
  );

  it.each(named(reading))('%s', async (_name, operation) => {
    const faults = new Set<string>();
    for (const url of urlsOf(operation)) {
      for (const statement of await statementsOf(url)) for (const fault of await faultsOf(statement)) faults.add(fault);
    }
    expect([...faults]).toEqual([]);
  });

  const writing = TENANT_OPERATIONS.filter(
    ({ method, path }) => (method === 'POST' || method === 'PATCH') && !path.startsWith('/v1/sandbox/'),
  );

  it.each(named(writing))('%s', async (_name, operation) => {
    const faults = new Set<string>();
    const statements = await statementsOfWriting(operation);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of distinct(statements)) for (const fault of await faultsOf(statement)) faults.add(fault);
    expect([...faults]).toEqual([]);
  });

  it.each([
    ['a tag by its beginning', `SELECT subscriber_id FROM subscriber_tags WHERE tag LIKE 'tag7%'`],
    ['a tag in a list', `SELECT id FROM subscribers WHERE ARRAY[source] @> ARRAY['ctm']`],
    ['a column without an index', `SELECT id FROM sends WHERE reason = 'none'`],
  ])('and %s would be noticed', async (_what, sql) => {
    expect(await faultsOf({ sql, parameters: [] })).not.toEqual([]);
  });

  /** The call alone, with each of its filters, with two of them, and from a cursor on. */
  function urlsOf(operation: Operation): string[] {
    const segments = operation.path.split('/');
    const path = segments
      .map((part, index) => (part.startsWith('{') ? (ids[segments[index - 1] ?? ''] ?? api.workspaceId) : part))
      .join('/');
    const choices = operation.query.flatMap(({ name, schema }) => {
      const words = schema !== undefined && 'enum' in schema ? ((schema.enum ?? []) as string[]) : [];
      return (filters[name] ?? words).map((value) => `${name}=${encodeURIComponent(value)}`);
    });
    const required = operation.query.filter((parameter) => parameter.required).map(({ name }) => name);
    const always = choices.filter((choice) => required.some((name) => choice.startsWith(`${name}=`))).slice(0, 1);
    const pairs = choices.flatMap((one, index) => choices.slice(index + 1).map((other) => [one, other]));
    const queries = [[], ...choices.map((choice) => [choice]), ...pairs.filter(areOfTwo)];
    return queries.map((query) => `${path}?${[...always, ...query].join('&')}`);
  }
});

/** There is no Meta here to ask. */
const ASKS_META = new Set(['POST /v1/pages']);

const distinct = (statements: readonly Statement[]): Statement[] => [
  ...new Map(statements.map((statement) => [statement.sql, statement])).values(),
];

const nameOf = (choice: string): string => choice.split('=', 1)[0] ?? '';
const areOfTwo = ([one = '', other = '']: string[]): boolean => nameOf(one) !== nameOf(other);

async function crowdOf(api: ApiUnderTest): Promise<Crowd> {
  const pageId = await connectedPage(api, { currency: 'USD' });
  const campaignId = await startedCampaign(api, pageId, 'active', inDollars);
  return { workspaceId: api.workspaceId, pageId, campaignId, topicId: await topic(api, pageId) };
}

function scannedIn(plan: Plan): string[] {
  const here = plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : [];
  return [...here, ...(plan.Plans ?? []).flatMap(scannedIn)];
}

function listener(hear: (statement: Statement) => void): Logger {
  const nothing = (): void => undefined;
  return {
    logQuery: (sql, parameters = []) => {
      hear({ sql, parameters: parameters as unknown[] });
    },
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
}
