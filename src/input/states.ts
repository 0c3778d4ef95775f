import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { check } from './check';

/** A query parameter that names several states, separated by commas. */
export function StatesQuery(states: readonly string[]): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'array',
      items: { type: 'string', enum: [...states] },
      style: 'form',
      explode: false,
    } as object),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
    check('states', (value) =>
      Array.isArray(value) && value.every((state) => states.some((known) => known === state))
        ? null
        : `must name states separated by commas: ${states.join(', ')}`,
    ),
  );
}
