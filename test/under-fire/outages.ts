import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { CheckReport } from '../../checker/check-run';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { Json } from '../support/herald-client';
import type { RunningStack } from '../support/running-stack';
import type { FirePage } from './fire-page';
import { judge } from './judge';
import { reportFire } from './report';

const PATIENCE_MS = 120_000;

/** What a blow cost. */
export interface Blow {
  readonly kills: number;
  /** From the end of the outage until messages left again and the API answered, milliseconds of wall clock. */
  readonly backMs: number;
}

/** A session of the owner, for what no API does. */
export async function asOwner<Result>(
  stack: RunningStack,
  work: (database: Client) => Promise<Result>,
): Promise<Result> {
  const database = new Client({ connectionString: stack.runtime().databaseUrl });
  database.on('error', () => undefined);
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end().catch(() => undefined);
  }
}

/**
 * Lets business time pass as wall time does, whoever is away: the clock's row and the simulator's clock go on together, and
 * nobody waits until all is quiet.
 */
export function letTimePass(stack: RunningStack, interval: string): Promise<void> {
  return asOwner(stack, async (database) => {
    const { rows } = await database.query<{ now: Date; wall: Date }>(
      `UPDATE clock SET base_business_at = base_business_at + $1::interval
       RETURNING base_business_at AS now, base_wall_at AS wall`,
      [interval],
    );
    await stack.control('POST', 'clock', { now: rows[0]?.now.toISOString(), wallAt: rows[0]?.wall.toISOString() });
  });
}

/** Places an order, as a shop does. @returns the answer's status and how long it took, milliseconds */
export async function order(page: FirePage, psid: string): Promise<{ status: number; tookMs: number }> {
  const startedMs = performance.now();
  const { status } = await page.herald.call('POST', '/v1/order-events', {
    source: 'shop',
    orderId: randomUUID(),
    status: 'CONFIRMED',
    pageId: page.pageId,
    psid,
    occurredAt: new Date().toISOString(),
  });
  return { status, tookMs: performance.now() - startedMs };
}

/** Every status with which webhooks were answered since a wall moment. */
export async function webhookStatuses(stack: RunningStack, since: string): Promise<number[]> {
  const statuses = new Set<number>();
  let cursor: string | null = '';
  do {
    const log: Json = await stack.control('GET', `webhooks?limit=10000${cursor === '' ? '' : `&cursor=${cursor}`}`);
    for (const { wallAt, status } of log.data) if (wallAt >= since) statuses.add(status);
    cursor = log.nextCursor;
  } while (cursor !== null);
  return [...statuses];
}

/** Kills Temporal and takes its data away before its successor can read it. @returns the pid that died */
export function loseTemporalData(stack: RunningStack): number {
  stack.signal('temporal', 'SIGSTOP');
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(stack.directory, `temporal.db${suffix}`), { force: true });
  return stack.signal('temporal', 'SIGKILL');
}

/** Takes every connection that Postgres has, the reserved ones too. @returns what lets go of them */
export async function holdAllConnections(stack: RunningStack): Promise<() => Promise<void>> {
  const { databaseUrl } = stack.runtime();
  const held: Client[] = [];
  const take = async (): Promise<boolean> => {
    const session = new Client({ connectionString: databaseUrl, application_name: 'outage' });
    session.on('error', () => undefined);
    const isTaken = await session.connect().then(
      () => true,
      () => false,
    );
    if (isTaken) held.push(session);
    return isTaken;
  };
  while (await take());
  const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> 'outage'`;
  await held[0]?.query(others);
  while (await take());
  return async () => {
    await Promise.all(held.map((session) => session.end()));
  };
}

/** Waits until a campaign has sent this share of its messages. */
export async function underWay(page: FirePage, share = 0.1): Promise<void> {
  const isUnderWay = async (): Promise<boolean> => (await page.accepted()) >= share * page.people.length;
  if (!(await waitUntil(isUnderWay, PATIENCE_MS))) throw new Error('The campaign does not begin to send.');
}

/** Brings the campaign to its end, resolves what is unknown, prints what was survived, and lets the checker judge. */
export async function surviveTo(
  stack: RunningStack,
  page: FirePage,
  name: string,
  { kills, backMs }: Blow,
): Promise<CheckReport> {
  await page.completed(PATIENCE_MS);
  const counts = await page.resolved(PATIENCE_MS);
  const report = await judge(stack.directory);
  const unknown = counts['unknown'] ?? 0;
  const { accepted: sent } = await page.summary();
  reportFire({ name, sent, kills, backSeconds: backMs / 1_000, violations: report.violations.length, unknown });
  return report;
}
