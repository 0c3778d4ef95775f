import type { DataSource } from 'typeorm';
import { createDataSource } from './data-source';
import { DATABASE_ROLES, rolePassword } from './role-urls';

/** Brings the owner's database to the newest schema and sets the roles' derived passwords. */
export async function migrate(ownerUrl: string): Promise<void> {
  const dataSource = await createDataSource(ownerUrl, { applicationName: 'herald-migrate', size: 1 }).initialize();
  try {
    await dataSource.runMigrations({ transaction: 'all' });
    await setRolePasswords(dataSource, ownerUrl);
  } finally {
    await dataSource.destroy();
  }
}

async function setRolePasswords(dataSource: DataSource, ownerUrl: string): Promise<void> {
  const database = new URL(ownerUrl).pathname.slice(1);
  for (const role of DATABASE_ROLES) {
    await dataSource.query(`ALTER ROLE ${role} PASSWORD '${rolePassword(ownerUrl, role)}'`);
    await dataSource.query(`GRANT CONNECT ON DATABASE "${database.replaceAll('"', '""')}" TO ${role}`);
  }
}
