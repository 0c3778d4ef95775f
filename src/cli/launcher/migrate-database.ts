import { migrate, NewerSchemaError } from '../../persistence/migrate';
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
    if (error instanceof NewerSchemaError) {
      throw new CommandError(
        `The database ${host}${pathname} was migrated by a newer Herald (${error.migration}): run that one, or restore a backup of before.`,
        { cause: error },
      );
    }
    throw new CommandError(
      `The database ${host}${pathname} cannot be migrated (${error instanceof Error ? error.message : String(error)}): see whether it runs and whether DATABASE_URL names its owner.`,
      { cause: error },
    );
  }
}
