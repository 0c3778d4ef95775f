import 'reflect-metadata';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { migrate } from '../../src/persistence/migrate';
import { TestServers } from './test-servers';

const WORKFLOWS = resolve('workflows/index.ts');

/** Starts one Postgres with a migrated template, one Temporal, and bundles the workflows, for all specs of the run. */
export default async function globalSetup(): Promise<void> {
  const servers = new TestServers();
  shared.heraldTestServers = servers;
  const [databaseUrl, temporal, bundle] = await Promise.all([
    startMigratedPostgres(servers),
    servers.startTemporal(),
    bundleWorkflows(servers.folder),
  ]);
  process.env['TEST_DATABASE_URL'] = databaseUrl;
  process.env['TEST_TEMPORAL_ADDRESS'] = temporal.address;
  process.env['TEST_TEMPORAL_METRICS_PORT'] = String(temporal.metricsPort);
  if (bundle !== undefined) process.env['TEST_WORKFLOW_BUNDLE'] = bundle;
}

/** Jest runs set-up and teardown in one process; this is how the one hands over to the other. */
export const shared = globalThis as { heraldTestServers?: TestServers };

async function startMigratedPostgres(servers: TestServers): Promise<string> {
  const ownerUrl = await servers.startPostgres();
  await migrate(ownerUrl);
  return ownerUrl;
}

async function bundleWorkflows(folder: string): Promise<string | undefined> {
  if (!existsSync(WORKFLOWS)) return undefined;
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('WARN') });
  const path = join(folder, 'workflows.bundle.js');
  writeFileSync(path, code);
  return path;
}
