import type { LauncherEnvironment } from '../../config/launcher-environment';
import { CommandError } from '../command-error';
import { migrateDatabase } from '../launcher/migrate-database';
import { prepareTemporalNamespace } from '../launcher/temporal-namespace';
import type { Terminal } from '../terminal/terminal';

/**
 * Prepares servers that run elsewhere: schema and roles in Postgres; namespace, search attributes and retention in Temporal.
 * @throws CommandError when DATABASE_URL is not set
 */
export async function migrate(environment: LauncherEnvironment, terminal: Terminal): Promise<void> {
  const { databaseUrl, temporalAddress, temporalNamespace } = environment;
  if (databaseUrl === undefined) {
    throw new CommandError('DATABASE_URL is not set: name the database to migrate; `npm run up` migrates its own.');
  }
  await terminal.step('Migrations', () => migrateDatabase(databaseUrl));
  if (temporalAddress === undefined) {
    terminal.line('TEMPORAL_ADDRESS is not set: Temporal is left as it is.');
    return;
  }
  await terminal.step('Temporal', () => prepareTemporalNamespace(temporalAddress, temporalNamespace));
}
