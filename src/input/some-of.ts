import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { check } from './check';

/** A list of words that are known, none twice. */
export function SomeOf(words: readonly string[], { min = 0 } = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ enum: [...words], isArray: true, uniqueItems: true, minItems: min }),
    check('someOf', (value) => {
      if (!Array.isArray(value) || value.length < min) return `must be a list${min > 0 ? ` of at least ${min}` : ''}`;
      if (new Set(value).size < value.length) return 'must not name the same twice';
      return value.every((word) => words.some((known) => known === word)) ? null : `must hold only ${words.join(', ')}`;
    }),
  );
}
