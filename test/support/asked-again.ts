import type { DataSource } from 'typeorm';
import { preparedRows } from '../../src/persistence/database';

/** Rows of a statement that a test asks a thousand times: parsing and planning it each time is most of what it costs. */
export async function askedAgain<T>(owner: DataSource, sql: string, parameters: unknown[] = []): Promise<T[]> {
  const connection = owner.createQueryRunner();
  try {
    await connection.connect();
    return await preparedRows<T>(connection.manager, sql, parameters);
  } finally {
    await connection.release();
  }
}
