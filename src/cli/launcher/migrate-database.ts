import { migrate } from '../../persistence/migrate';
import { CommandError } from '../command-error';

/**
 * Brings the database to the newest schema.
 * @param ownerUrl - its owner's address
 * @throws CommandError when it cannot be reached or changed
 */
export async function migrateDatabase(ownerUrl: string): Promise<void> {
  try {
    await migrate(ownerUrl);
  } catch (error) {
    const { host, pathname } = new URL(ownerUrl);
    throw new CommandError(
      `The database ${host}${pathname} cannot be migrated (${error instanceof Error ? error.message : String(error)}): see whether it runs and whether DATABASE_URL names its owner.`,
      { cause: error },
    );
  }
}
