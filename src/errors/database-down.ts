import { QueryFailedError } from 'typeorm';

/** Postgres cannot take the statement now: connection lost, shutting down, starting, full, or a lock not had in time. */
const SQL_STATES = /^(08|53|57P|40P01|40001|55P03|57014)/;
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** The driver says these without a code. */
const DRIVER_TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether an error says that the database cannot be reached or used now, rather than that the program is wrong. */
export function isDatabaseDown(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  if (cause instanceof AggregateError) return cause.errors.some(isDatabaseDown);
  const { code } = cause as { readonly code?: unknown };
  const isKnown = typeof code === 'string' && (SQL_STATES.test(code) || SOCKET_CODES.has(code));
  return isKnown || DRIVER_TEXTS.test(cause.message);
}
