import { Client } from 'pg';

/** A digest of each table's rows of one tenant, by the name of the table. */
export type TenantSnapshot = Readonly<Record<string, string>>;

const TABLES = `
SELECT c.table_name AS table, c.column_name AS column
  FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
   AND (c.column_name = 'workspace_id' OR (c.table_name = 'workspaces' AND c.column_name = 'id'))
   AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = quote_ident(c.table_name)::regclass)
 ORDER BY 1`;

/**
 * Takes a picture of all rows of a tenant that nobody works for, to be compared after a run of others.
 *
 * @param databaseUrl - the owner's
 */
export async function snapshotTenant(databaseUrl: string, workspaceId: string): Promise<TenantSnapshot> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows: tables } = await database.query<{ table: string; column: string }>(TABLES);
    const snapshot: Record<string, string> = {};
    for (const { table, column } of tables) snapshot[table] = await digest(database, table, column, workspaceId);
    return snapshot;
  } finally {
    await database.end();
  }
}

async function digest(database: Client, table: string, column: string, workspaceId: string): Promise<string> {
  const { rows } = await database.query<{ digest: string }>(
    `SELECT format('%s rows %s', count(*), md5(string_agg(digest, '' ORDER BY digest))) AS digest
       FROM (SELECT md5(t::text) AS digest FROM ${table} t WHERE ${column} = $1) r`,
    [workspaceId],
  );
  return rows[0]?.digest ?? '';
}

/** @returns a sentence for each table whose rows of the tenant changed between two pictures */
export function changesBetween(before: TenantSnapshot, after: TenantSnapshot): string[] {
  const tables = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return tables
    .filter((table) => before[table] !== after[table])
    .map((table) => `${table}: ${before[table] ?? 'absent'} before, ${after[table] ?? 'absent'} after`);
}
