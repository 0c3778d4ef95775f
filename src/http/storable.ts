import type { ProblemCode } from '../errors/codes';
import { Problem } from '../errors/problem';

/** Deeper than any body of ours, shallower than what would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 64;

/**
 * Refuses what no column can hold and no reader can take, wherever it stands: Postgres has no U+0000, a value nested
 * without end exhausts whoever walks it, and class-transformer takes a field `constructor` for the class of its object.
 *
 * @throws Problem naming the field
 */
export function requireStorable(value: unknown, code: ProblemCode, field = '', depth = 0): void {
  if (depth > MAX_DEPTH) throw refused(code, field, `is nested deeper than ${MAX_DEPTH}`);
  if (typeof value === 'string' && value.includes('\u0000')) throw refused(code, field, 'must not contain U+0000');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key.includes('\u0000')) throw refused(code, field, 'must not contain U+0000');
    if (key === 'constructor') throw refused(code, nested(field, key, false), 'is not a field here');
    requireStorable(child, code, nested(field, key, Array.isArray(value)), depth + 1);
  }
}

const nested = (field: string, key: string, isEntry: boolean): string => {
  if (isEntry) return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
};

const refused = (code: ProblemCode, field: string, reason: string): Problem =>
  new Problem(code, { errors: [{ field: field || 'body', reason }] });
