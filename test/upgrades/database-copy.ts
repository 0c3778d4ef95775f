import { Client } from 'pg';

/** A back-up of one database on the same server, and its restoring; whoever is connected to it loses the connection. */
export class DatabaseCopy {
  private constructor(
    private readonly url: URL,
    private readonly original: string,
    private readonly copy: string,
  ) {}

  /** @param databaseUrl - its owner's address */
  static async of(databaseUrl: string): Promise<DatabaseCopy> {
    const url = new URL(databaseUrl);
    const original = url.pathname.slice(1);
    url.pathname = '/postgres';
    const backup = new DatabaseCopy(url, original, `${original}_copy`);
    await backup.replace(backup.copy, original);
    return backup;
  }

  /** Puts the database back to the moment of the copy. */
  restore(): Promise<void> {
    return this.replace(this.original, this.copy);
  }

  /** Nobody may be connected to a database that is copied or dropped, nor come back meanwhile. */
  private async replace(target: string, source: string): Promise<void> {
    const client = new Client({ connectionString: this.url.toString() });
    await client.connect();
    try {
      await client.query(`ALTER DATABASE ${source} ALLOW_CONNECTIONS false`);
      await client.query(`SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = $1`, [source]);
      await client.query(`DROP DATABASE IF EXISTS ${target} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${target} TEMPLATE ${source}`);
      await client.query(`ALTER DATABASE ${source} ALLOW_CONNECTIONS true`);
    } finally {
      await client.end();
    }
  }
}
