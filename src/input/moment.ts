import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { check } from './check';

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment as ISO 8601 with its zone, such as `2026-11-22T09:00:00Z`. */
export function Moment(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'date-time' }),
    check('moment', (value) =>
      isMoment(value) ? null : 'must be a moment in ISO 8601 with its zone, such as 2026-11-22T09:00:00Z',
    ),
  );
}

/** Years beyond 1970–9999 are typing errors, and Postgres writes them in another way. */
function isMoment(value: unknown): value is string {
  if (typeof value !== 'string' || !FORM.test(value)) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && ms >= 0 && isCalendarDay(value);
}

/** `2026-02-30` would be read as 2 March. */
function isCalendarDay(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
