import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { QueryFailedError } from 'typeorm';

/** Deadlock and serialization failure: the transaction did nothing and may run again. */
const REPEATABLE = new Set(['40P01', '40001']);
const ATTEMPTS = 4;

let repeated = 0;

/** How many transactions of this process had to be repeated since it started. */
export const repeatedTransactions = (): number => repeated;

const sqlState = (error: unknown): string | undefined =>
  error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;

/** Whether a failed transaction, or the part of it behind a savepoint, did nothing and may run again. */
export const isRepeatable = (error: unknown): boolean => REPEATABLE.has(sqlState(error) ?? '');

/** Whether a statement met a row with the same unique key. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** No statement of this transaction waits for one lock longer than this, milliseconds; see `isLockTimeout`. */
export async function limitLockWaits(manager: EntityManager, ms: number): Promise<void> {
  await manager.query(`SET LOCAL lock_timeout = ${ms}`);
}

/** Whether a statement waited for a lock longer than it was allowed to. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === '55P03';

/** Runs `work` in one transaction; a deadlock or serialization failure is repeated up to three times. */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRepeatable(error)) throw error;
      repeated += 1;
    }
  }
}

/** As `inTransaction`, seeing and touching rows of one workspace only (row-level security). */
export async function inTenantTransaction<T>(
  dataSource: DataSource,
  workspaceId: string,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return inTransaction(dataSource, async (manager) => {
    await manager.query(`SELECT set_config('herald.workspace_id', $1, true)`, [workspaceId]);
    return work(manager);
  });
}

/** Rows of a hand-written statement, typed by the caller who wrote it. */
export async function rows<T>(manager: EntityManager, sql: string, parameters: unknown[] = []): Promise<T[]> {
  const result: unknown = await manager.query(sql, parameters);
  return (isCommandResult(result) ? result[0] : result) as T[];
}

/**
 * As `rows`, for the few statements of the send path, which run with every slice: each connection has them parsed and
 * planned once, which is otherwise a fourth of what they cost Postgres.
 */
export async function preparedRows<T>(manager: EntityManager, sql: string, parameters: unknown[]): Promise<T[]> {
  if (manager.queryRunner === undefined) return rows(manager, sql, parameters);
  const connection = (await manager.queryRunner.connect()) as ClientBase;
  try {
    const result = await connection.query({ name: nameOf(sql), text: sql, values: parameters });
    return result.rows as T[];
  } catch (error) {
    throw new QueryFailedError(sql, parameters, error as Error);
  }
}

const names = new Map<string, string>();

/** A connection knows a prepared statement by its name: another text has another one. */
function nameOf(sql: string): string {
  const name = names.get(sql) ?? createHash('sha256').update(sql).digest('hex').slice(0, 32);
  names.set(sql, name);
  return name;
}

/** UPDATE and DELETE with RETURNING come from TypeORM as `[rows, count]`. */
const isCommandResult = (result: unknown): result is [unknown[], number] =>
  Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number';
