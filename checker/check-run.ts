import { Client } from 'pg';
import type { PromiseChecks } from './check';
import { loadJournal } from './evidence/load-journal';
import { loadWebhooks } from './evidence/load-webhooks';
import { readFigures } from './figures';
import { BUDGET } from './promises/budget';
import { LEAVING } from './promises/leaving';
import { ONCE } from './promises/once';
import { RECIPIENTS } from './promises/recipients';
import { SPACING } from './promises/spacing';
import { tenantChecks } from './promises/tenants';
import { WEBHOOKS } from './promises/webhooks';
import type { CheckReport, Violation } from './report';

export { formatReport } from './report';
export type { CheckReport } from './report';

/** How many that break one check are named. */
const MOST_NAMED = 10;

/** Where the evidence of a run lies. */
export interface CheckSource {
  readonly simulatorUrl: string;
  /** The owner's. */
  readonly databaseUrl: string;
  /** HERALD_LOOKUP_KEY, base64: finds the people of the journal in the database. */
  readonly lookupKey: string;
  /** Whom the run chose by name, and for which campaign: each must have a row. */
  readonly chosen?: readonly { readonly campaignId: string; readonly subscriberIds: readonly string[] }[];
}

/**
 * Proves the promises of a run that is over: nothing is sending, and every webhook was acknowledged. Everything is read in
 * one transaction, which leaves nothing behind.
 *
 * @throws Error when simulator or database cannot be read
 */
export async function checkRun(source: CheckSource): Promise<CheckReport> {
  const database = new Client({ connectionString: source.databaseUrl });
  await database.connect();
  try {
    await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await loadChosen(database, source.chosen ?? []);
    await loadJournal(database, source.simulatorUrl, source.lookupKey);
    await loadWebhooks(database, source.simulatorUrl);
    const promises = [ONCE, SPACING, BUDGET, LEAVING, RECIPIENTS, WEBHOOKS, await tenantChecks(database)];
    const violations: Violation[] = [];
    for (const promise of promises) violations.push(...(await violationsOf(database, promise)));
    const checks = promises.reduce((sum, promise) => sum + promise.checks.length, 0);
    return { violations, figures: await readFigures(database), checks };
  } finally {
    await database.end();
  }
}

async function loadChosen(database: Client, chosen: NonNullable<CheckSource['chosen']>): Promise<void> {
  await database.query('CREATE TEMP TABLE chosen (campaign_id uuid, subscriber_id uuid) ON COMMIT DROP');
  for (const { campaignId, subscriberIds } of chosen) {
    await database.query('INSERT INTO chosen SELECT $1, unnest($2::uuid[])', [campaignId, subscriberIds]);
  }
}

async function violationsOf(database: Client, { promise, checks }: PromiseChecks): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { name, sql } of checks) {
    const { rows } = await database.query<{ detail: string; total: string }>(
      `SELECT detail, count(*) OVER () AS total FROM (${sql}) broken LIMIT ${MOST_NAMED}`,
    );
    const unnamed = Number(rows[0]?.total ?? 0) - rows.length;
    const details = [...rows.map(({ detail }) => detail), ...(unnamed > 0 ? [`and ${unnamed} more`] : [])];
    violations.push(...details.map((detail) => ({ promise, check: name, detail })));
  }
  return violations;
}
