import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source';
import { DATABASE_ROLES, rolePassword } from './role-urls';

/** The database was migrated by a newer program than this one. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';

  /** @param migration - the newest that this program does not know */
  constructor(readonly migration: string) {
    super(`The schema is newer than this program: it does not know the migration ${migration}.`);
  }
}

/**
 * Brings the owner's database to the newest schema and sets the roles' derived passwords.
 * @throws NewerSchemaError when a newer program has migrated it: it stays as it is
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const dataSource = await createDataSource(ownerUrl, { applicationName: 'herald-migrate', size: 1 }).initialize();
  try {
    await refuseNewerSchema(dataSource);
    await dataSource.runMigrations({ transaction: 'all' });
    await setRolePasswords(dataSource, ownerUrl);
  } finally {
    await dataSource.destroy();
  }
}

async function refuseNewerSchema(dataSource: DataSource): Promise<void> {
  const [{ exists }] = await dataSource.query<[{ exists: boolean }]>(
    `SELECT to_regclass('migrations') IS NOT NULL AS exists`,
  );
  if (!exists) return;
  const [unknown] = await dataSource.query<{ name: string }[]>(
    'SELECT name FROM migrations WHERE name <> ALL($1) ORDER BY timestamp DESC LIMIT 1',
    [dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name)],
  );
  if (unknown !== undefined) throw new NewerSchemaError(unknown.name);
}

async function setRolePasswords(dataSource: DataSource, ownerUrl: string): Promise<void> {
  const database = new URL(ownerUrl).pathname.slice(1);
  for (const role of DATABASE_ROLES) {
    await dataSource.query(`ALTER ROLE ${role} PASSWORD '${rolePassword(ownerUrl, role)}'`);
    await dataSource.query(`GRANT CONNECT ON DATABASE "${database.replaceAll('"', '""')}" TO ${role}`);
  }
}
