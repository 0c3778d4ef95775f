import { isDatabaseDown } from './database-down';
import { describeError } from './describe-error';

/**
 * What went wrong with one of many is to blame itself and holds up none of the others; a database that is down is not.
 *
 * @returns the error's name, safe to log and to store
 * @throws what was passed, when the database is down
 */
export function ownError(error: unknown): string {
  if (isDatabaseDown(error)) throw error;
  return describeError(error).name;
}
