import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkRun, type CheckReport } from '../../checker/check-run';
import { changesBetween, snapshotTenant } from '../../checker/snapshot-tenant';
import { createTestDatabase } from '../support/database';
import { FakeSimulator, type Records } from './fake-simulator';
import { PLANTED } from './planted';
import { SoundRun } from './sound-run';

/** A row of each of these is moved to another tenant. */
const TENANT_TABLES = [
  'batches',
  'budget_entries',
  'campaign_budgets',
  'campaign_messages',
  'consent_events',
  'inbox',
  'message_sets',
  'page_rates',
  'send_states',
  'sends',
  'subscriber_tokens',
  'subscribers',
  'waits',
];

describe('The checker', () => {
  let run: SoundRun;
  let simulator: FakeSimulator | undefined;
  let databaseUrl = '';

  beforeAll(async () => {
    run = await SoundRun.play();
  }, 60_000);
  afterEach(async () => {
    await simulator?.stop();
  });

  it('finds nothing in a sound run, and counts it', async () => {
    const { violations, figures } = await check();
    expect(violations).toEqual([]);
    expect(figures).toEqual({
      ...{ accepted: 75, people: 69, webhooks: 14, campaigns: 4 },
      ...{ recipients: 76, open: 0, unknown: 1, assumedSent: 0 },
    });
  });

  it.each(Object.keys(PLANTED))('notices %s', async (title) => {
    const planted = PLANTED[title];
    const report = await check(planted?.sql?.(run), (records) => planted?.records?.(records, run));
    expect([...new Set(report.violations.map(({ check: name }) => name))]).toEqual(planted?.checks);
  });

  it('notices somebody who was chosen and has no row', async () => {
    const { campaignId } = run.campaigns.first;
    const [stranger = ''] = run.crowd;
    const { violations } = await check('', () => undefined, [
      { campaignId, subscriberIds: [run.people.ann, stranger] },
    ]);
    expect(violations).toEqual([expect.objectContaining({ check: 'everybody who was chosen has a row' })]);
  });

  it('notices a row of any table that belongs to another tenant', async () => {
    const moves = TENANT_TABLES.map(
      (table) =>
        `UPDATE ${table} SET workspace_id = '${run.otherWorkspaceId}' WHERE ctid = (SELECT min(ctid) FROM ${table})`,
    );
    const { violations } = await check(moves.join('; '));
    const ofTenants = violations.filter(({ promise }) => promise === 'No row of another tenant is touched');
    const tables = ofTenants.filter(({ detail }) => detail.includes(`of workspace ${run.otherWorkspaceId} names`));
    expect([...new Set(tables.map(({ detail }) => detail.split(' ')[0]))]).toEqual(TENANT_TABLES);
  });

  it('names ten that break a check and counts the others', async () => {
    const { violations } = await check('DELETE FROM send_states');
    const details = violations.filter(({ check: name }) => name === 'the history of a send ends with its state');
    expect(details).toHaveLength(11);
    expect(details.at(-1)?.detail).toBe('and 66 more');
  });

  it('sees what was changed at a tenant beside', async () => {
    databaseUrl = await createTestDatabase(run.database);
    const before = await snapshotTenant(databaseUrl, run.otherWorkspaceId);
    expect(changesBetween(before, await snapshotTenant(databaseUrl, run.otherWorkspaceId))).toEqual([]);
    await change(`UPDATE sends SET workspace_id = '${run.otherWorkspaceId}' WHERE state = 'unknown'`);
    const changes = changesBetween(before, await snapshotTenant(databaseUrl, run.otherWorkspaceId));
    expect(changes).toEqual([expect.stringMatching(/^sends: 0 rows {2}before, 1 rows [0-9a-f]{32} after$/)]);
  });

  /** Checks a copy of the sound run after something was done to it. */
  async function check(
    sql = '',
    record: (records: Records) => void = () => undefined,
    chosen: Parameters<typeof checkRun>[0]['chosen'] = [],
  ): Promise<CheckReport> {
    databaseUrl = await createTestDatabase(run.database);
    await change(sql);
    const records: Records = { sends: [...run.records.sends], webhooks: [...run.records.webhooks] };
    record(records);
    simulator = await FakeSimulator.start(records);
    return checkRun({ databaseUrl, simulatorUrl: simulator.url, lookupKey: run.lookupKey, chosen });
  }

  async function change(sql: string): Promise<void> {
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    await database.query(sql);
    await database.end();
  }
});
