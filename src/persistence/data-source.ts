import { DataSource } from 'typeorm';
import { types } from 'pg';
import * as entities from './entities';
import { InitialSchema1763769600000 } from './migrations/1763769600000-initial-schema';
import { SnakeNaming } from './snake-naming';
import { parseTimestamp } from './timestamp';

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.TIMESTAMPTZ, parseTimestamp);

/** Connections of one pool, and how long a statement may wait. */
export interface PoolOptions {
  readonly applicationName: string;
  readonly size: number;
}

/** No transaction waits for anything but Postgres: one that is idle for this long belongs to a frozen process. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** A TypeORM data source on Herald's schema; whole numbers come as numbers, all stay below 2^53. */
export function createDataSource(url: string, pool: PoolOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: pool.applicationName,
    poolSize: pool.size,
    extra: {
      connectionTimeoutMillis: 5_000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
    },
    namingStrategy: new SnakeNaming(),
    entities: Object.values(entities),
    migrations: [InitialSchema1763769600000],
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  });
}
