import type { DataSource } from 'typeorm';

/** A connection keeps its counts until it has read some table and is told to give them. */
export const GIVE_COUNTS = 'SELECT pg_stat_force_next_flush() FROM pg_database LIMIT 1';

/** Commits of this database by now, as Postgres counts them, less the one of each connection that was opened. */
export async function xactCommits(owner: DataSource): Promise<number> {
  const [counted] = await owner.query<[{ commits: number }]>(
    'SELECT xact_commit - sessions AS commits FROM pg_stat_database WHERE datname = current_database()',
  );
  return counted.commits;
}

/** Autovacuum commits too, and nobody could tell its commits from ours. */
export async function withoutAutovacuum(owner: DataSource): Promise<void> {
  await owner.query(
    `DO $$ DECLARE t regclass; BEGIN
       FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
         EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', t);
       END LOOP; END $$`,
  );
}
