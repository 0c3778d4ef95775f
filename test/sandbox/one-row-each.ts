import type { TablesUnderTest } from '../inbox/tables-under-test';

/** A value that a column takes, by its type. */
const VALUES: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: `'x'`,
  bytea: `'\\x00'`,
  integer: '0',
  bigint: '0',
  smallint: '0',
  'double precision': '0',
  boolean: 'false',
  jsonb: `'{}'`,
  date: 'CURRENT_DATE',
  'timestamp with time zone': 'now()',
  ARRAY: `'{}'`,
};

/** What a constraint asks for. */
const ALLOWED: Readonly<Record<string, string>> = {
  'budget_entries.kind': `'reserve'`,
  'sends.state': `'queued'`,
  'waits.kind': `'campaign'`,
};

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** The tables whose rows belong to a workspace. */
export async function tenantTables(tables: TablesUnderTest): Promise<string[]> {
  const found = await tables.rows<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c
      WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id' AND c.table_name !~ '^inbox_' ORDER BY 1`,
  );
  return found.map(({ name }) => name);
}

/** Gives a workspace one row in each table, whatever hangs on it. */
export async function fillEveryTable(tables: TablesUnderTest, workspaceId: string): Promise<void> {
  const columns = await tables.rows<Column>(
    `SELECT table_name AS table, column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL`,
  );
  await tables.owner.transaction(async (manager) => {
    await manager.query(`SET LOCAL session_replication_role = replica`);
    for (const table of await tenantTables(tables)) {
      const own = columns.filter((column) => column.table === table);
      const values = own.map(({ name, type }) => (name === 'workspace_id' ? '$1' : valueOf(table, name, type)));
      await manager.query(
        `INSERT INTO ${table} (${own.map(({ name }) => name).join(', ')}) VALUES (${values.join(', ')})`,
        [workspaceId],
      );
    }
  });
}

function valueOf(table: string, name: string, type: string): string {
  const value = ALLOWED[`${table}.${name}`] ?? VALUES[type];
  if (value === undefined) throw new Error(`No value for ${table}.${name} of type ${type}.`);
  return value;
}

/** The tables in which a workspace has rows. */
export async function filledTables(tables: TablesUnderTest, workspaceId: string): Promise<string[]> {
  const filled: string[] = [];
  for (const table of await tenantTables(tables)) {
    if ((await tables.count(`${table} WHERE workspace_id = $1`, [workspaceId])) > 0) filled.push(table);
  }
  return filled;
}
