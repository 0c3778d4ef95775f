// node dist/scripts/check-migration-drift.js: says in what a migrated database differs from the entities, and which
// tables of tenants row-level security leaves open (TypeORM does not see that)
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTemporaryPostgres } from '../src/cli/launcher/temporary-servers';
import { createDataSource } from '../src/persistence/data-source';
import { migrate } from '../src/persistence/migrate';
import { rowSecurityGaps } from './row-security';

/** TypeORM looks for the expressions of generated columns where only its own migrations write them. */
const EXPRESSIONS = `
INSERT INTO typeorm_metadata (type, database, schema, "table", name, value)
SELECT 'GENERATED_COLUMN', table_catalog, table_schema, table_name, column_name,
       regexp_replace(generation_expression, '\\s+', ' ', 'g')
  FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'ALWAYS'`;

async function findDrift(ownerUrl: string): Promise<string[]> {
  await migrate(ownerUrl);
  const dataSource = await createDataSource(ownerUrl, { applicationName: 'herald-drift', size: 1 }).initialize();
  try {
    await dataSource.query(EXPRESSIONS);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    return [...upQueries.map(({ query }) => query), ...(await rowSecurityGaps(dataSource))];
  } finally {
    await dataSource.destroy();
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-drift-'));
  try {
    const drift = await withTemporaryPostgres(folder, findDrift);
    if (drift.length === 0) return;
    process.stderr.write(`The migrated database differs by:\n${drift.map((line) => `  ${line}`).join('\n')}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
