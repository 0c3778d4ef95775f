import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { check } from './check';

/** Postgres stores no NUL, and half a surrogate pair is no text; other control characters are never meant. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;

/** Text of one line, from `min` to `max` characters. */
export function Line(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: min, maxLength: max }),
    check('line', (value) => lineObjection(value, min, max)),
  );
}

/** @returns what is wrong with a line of text, or null */
export function lineObjection(value: unknown, min: number, max: number): string | null {
  if (typeof value !== 'string') return 'must be text';
  if (UNPRINTABLE.test(value)) return 'must not contain control characters';
  if (value.trim().length < min) return min === 1 ? 'must not be empty' : `must have at least ${min} characters`;
  return value.length > max ? `must have at most ${max} characters` : null;
}

/** A list of lines, none twice. */
export function Lines(limits: { readonly max: number; readonly length: number }): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', isArray: true, maxItems: limits.max, uniqueItems: true }),
    check('lines', (value) => linesObjection(value, limits)),
  );
}

function linesObjection(value: unknown, { max, length }: { max: number; length: number }): string | null {
  if (!Array.isArray(value)) return 'must be a list of texts';
  if (value.length > max) return `must have at most ${max} entries`;
  if (new Set(value).size < value.length) return 'must not name the same twice';
  const objection = value.map((line) => lineObjection(line, 1, length)).find((found) => found !== null);
  return objection === undefined ? null : `has an entry that ${objection}`;
}
