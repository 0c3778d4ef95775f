import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';
import { anyFreePorts } from '../../src/cli/launcher/ports';
import type { Json } from '../support/herald-client';
import { RunningStack } from '../support/running-stack';
import { databaseOf, historiesOf, logsOf, pageAt } from './leaks/places';
import type { SecretKind, Straw } from './leaks/secrets';
import { WholeRun } from './leaks/whole-run';

/** Lists that a key may read which sees nobody's PSID. */
const LISTS = ['pages', 'topics', 'opt-in-requests', 'subscribers', 'campaigns', 'automations', 'order-events'];
const OF_A_CAMPAIGN = ['', '/recipients?limit=200', '/insights?by=recipient', '/insights', '/ledger?limit=200'];
/** What is written to people, and what the shop calls them, is the shop's own. */
const OF_THE_SHOP: readonly SecretKind[] = ['text', 'external id'];

/** Histories, logs, a dump, metrics and refusals are searched for all that a whole run knew (contract §4, §5). */
describe('What a whole run knew of people and keys', () => {
  let stack: RunningStack;
  let run: WholeRun;
  let temporal: TemporalClient;
  let postgres: PostgresClient;
  let workerMetricsPort = 0;

  beforeAll(async () => {
    [workerMetricsPort = 0] = await anyFreePorts(1);
    const environment = { LOG_LEVEL: 'trace', WORKER_METRICS_PORT: String(workerMetricsPort) };
    stack = await RunningStack.start({ environment });
    run = await WholeRun.play(stack);
    const { databaseUrl, temporalAddress, temporalNamespace } = stack.runtime();
    const connection = await Connection.connect({ address: temporalAddress });
    temporal = new TemporalClient({ connection, namespace: temporalNamespace });
    postgres = new PostgresClient({ connectionString: databaseUrl });
    await postgres.connect();
  }, 240_000);
  afterAll(async () => {
    await postgres.end();
    await temporal.connection.close();
    await stack.stop();
  }, 60_000);

  const found = (straws: readonly Straw[]): string[] => run.secrets.foundIn(straws);
  const isIn = (text: string, straws: readonly Straw[]): boolean => straws.some((straw) => straw.text.includes(text));

  it('is enough to look for', () => {
    const { token = 0, psid = 0, text = 0, name = 0 } = run.secrets.counts();
    expect(Math.min(token, psid, text, name)).toBeGreaterThanOrEqual(10);
  });

  it('stands in no history of a workflow', async () => {
    const histories = await historiesOf(temporal);
    expect(histories.length).toBeGreaterThanOrEqual(3);
    expect(isIn('New arrivals', histories)).toBe(true);
    expect(found(histories)).toEqual([]);
  }, 60_000);

  it("stands nowhere in the database; Meta's ids of Page, ad account and campaign do", async () => {
    const rows = await databaseOf(postgres);
    for (const id of await run.publicIds()) expect(isIn(id, rows)).toBe(true);
    expect(found(rows)).toEqual([]);
  }, 60_000);

  it('stands in no log, however much is logged', () => {
    const logs = logsOf(stack.directory);
    expect(isIn('/v1/order-events', logs)).toBe(true);
    expect(found(logs)).toEqual([]);
  });

  it('stands in no metric', async () => {
    const { apiUrl } = stack.runtime();
    const urls = [`${apiUrl}/metrics`, `http://127.0.0.1:${workerMetricsPort}/metrics`];
    const pages = await Promise.all(urls.map(pageAt));
    expect(pages.map(({ text }) => text.includes('# TYPE'))).toEqual([true, true]);
    expect(found(pages)).toEqual([]);
  });

  it('stands in no answer that refuses something', () => {
    expect(found(run.refusals)).toEqual([]);
  });

  it('is not shown to a key without `pii:read`', async () => {
    const { secret } = await stack.ok('POST', '/v1/api-keys', { name: 'reader', scopes: ['read'] });
    const read = async (path: string): Promise<Json> =>
      (await stack.call('GET', path, undefined, { authorization: `Bearer ${secret}` })).body;
    const answers: Straw[] = [];
    const note = async (path: string): Promise<Json> => {
      const body = await read(path);
      answers.push({ where: `GET ${path}`, text: JSON.stringify(body) });
      return body;
    };
    for (const list of LISTS) {
      const { data } = await note(`/v1/${list}?limit=200`);
      expect({ list, isEmpty: data.length === 0 }).toEqual({ list, isEmpty: false });
      for (const { id } of data) await note(`/v1/${list}/${id}`);
      if (list === 'subscribers') for (const { id } of data) await note(`/v1/subscribers/${id}/timeline?limit=200`);
      if (list === 'campaigns')
        for (const { id } of data) for (const part of OF_A_CAMPAIGN) await note(`/v1/campaigns/${id}${part}`);
    }
    expect(run.secrets.foundIn(answers, OF_THE_SHOP)).toEqual([]);
  }, 60_000);

  describe('is noticed where it leaks', () => {
    const TOKEN = 'EAABPlantedTokenNobodyMaySee';
    const planted = (where: string): string[] => [`token ${TOKEN} in ${where}`];
    beforeAll(() => {
      run.secrets.add('token', TOKEN);
    });

    it.each([
      ['as text', 'text', TOKEN],
      ['as bytes', 'bytea', Buffer.from(`{"token":"${TOKEN}"}`)],
      ['inside JSON', 'jsonb', JSON.stringify({ deep: [{ token: Buffer.from(TOKEN).toString('base64') }] })],
    ])('in a column, %s', async (_how, type, value) => {
      await postgres.query(`CREATE TABLE planted (value ${type})`);
      await postgres.query('INSERT INTO planted VALUES ($1)', [value]);
      const noticed = found(await databaseOf(postgres));
      await postgres.query('DROP TABLE planted');
      expect(noticed).toEqual(planted('table planted'));
    });

    it.each([
      ['input', { args: [{ message: { token: TOKEN } }] }],
      ['memo', { args: [], memo: { token: TOKEN } }],
      ['summary', { args: [], staticSummary: `sends ${TOKEN}` }],
    ])("in a workflow's %s", async (what, options) => {
      const workflowId = `planted-${what}`;
      const start = { workflowId, taskQueue: 'nobody', ...options };
      const handle = await temporal.workflow.start('planted', start);
      const noticed = found(await listed(workflowId));
      await handle.terminate();
      expect(noticed).toEqual(planted(`workflow ${workflowId}`));
    });

    it('in a line of a log', () => {
      appendFileSync(join(stack.directory, 'logs', 'worker.log'), `{"level":10,"msg":"asks with ${TOKEN}"}\n`);
      expect(found(logsOf(stack.directory))).toEqual(planted('log worker.log'));
    });

    /** A list of workflows shows a new one a moment later. */
    async function listed(workflowId: string): Promise<Straw[]> {
      for (;;) {
        const histories = (await historiesOf(temporal)).filter(({ where }) => where.endsWith(workflowId));
        if (histories.length > 0) return histories;
      }
    }
  });
});
