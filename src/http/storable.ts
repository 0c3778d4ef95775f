import type { ProblemCode } from '../errors/codes';
import { Problem } from '../errors/problem';
import { UNSTORABLE } from '../persistence/unstorable';

/** Deeper than any body of ours, shallower than what would exhaust the stack of whoever walks it. */
const MAX_DEPTH = 64;

const UNSTORABLE_REASON = 'must not contain U+0000 or half a surrogate pair';

/** class-transformer takes a field `constructor` for the class of its object; `__proto__` would reach a prototype. */
const RESERVED = new Set(['constructor', '__proto__']);

/**
 * Refuses what no column can hold and no reader can take, wherever it stands: texts that cannot be stored, a value
 * nested without end, which exhausts whoever walks it, and fields that would be taken for something else.
 *
 * @throws Problem naming the field
 */
export function requireStorable(value: unknown, code: ProblemCode, field = '', depth = 0): void {
  if (depth > MAX_DEPTH) throw refused(code, field, `is nested deeper than ${MAX_DEPTH}`);
  if (typeof value === 'string' && UNSTORABLE.test(value)) throw refused(code, field, UNSTORABLE_REASON);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) throw refused(code, field, UNSTORABLE_REASON);
    if (RESERVED.has(key)) throw refused(code, nested(field, key, false), 'is not a field here');
    requireStorable(child, code, nested(field, key, Array.isArray(value)), depth + 1);
  }
}

const nested = (field: string, key: string, isEntry: boolean): string => {
  if (isEntry) return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
};

const refused = (code: ProblemCode, field: string, reason: string): Problem =>
  new Problem(code, { errors: [{ field: field || 'body', reason }] });
