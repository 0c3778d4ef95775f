import type { EntityManager } from 'typeorm';
import { rows } from './database';

/** Business time as a SQL expression over the one row of `clock`, in milliseconds since the Unix epoch. */
export const BUSINESS_NOW = `(extract(epoch FROM CASE WHEN running
  THEN base_business_at + (clock_timestamp() - base_wall_at) ELSE base_business_at END) * 1000)::bigint`;

/** Business time, read once a transaction. @returns milliseconds since the Unix epoch (UTC) */
export async function readNowMs(manager: EntityManager): Promise<number> {
  const [row] = await rows<{ now: number }>(manager, `SELECT ${BUSINESS_NOW} AS now FROM clock WHERE id = 1`);
  if (row === undefined) throw new Error('The clock row is missing: run the migrations.');
  return row.now;
}
