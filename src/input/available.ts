import { ApiProperty } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { check } from './check';

const LATER = 'is not available in this version';

/** One of the words that this version knows; those of later versions are refused by name. */
export function OneOf(words: readonly string[], later: readonly string[] = []): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ enum: [...words] }),
    check('oneOf', (value) => {
      if (words.some((word) => word === value)) return null;
      const known = `must be one of ${words.join(', ')}`;
      return later.some((word) => word === value) ? `${String(value)} ${LATER}: ${known}` : known;
    }),
  );
}

/** A field that the API will have and this version has not; `@ApiHideProperty()` beside it keeps it out of OpenAPI. */
export function NotAvailable(): PropertyDecorator {
  return check('notAvailable', (value) => (value === undefined ? null : LATER));
}
