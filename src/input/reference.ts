import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isUuid } from '../security/uuid-v7';
import { check } from './check';

/** An id of ours. */
export function Reference(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'uuid' }),
    check('reference', (value) => (isId(value) ? null : 'must be an id (UUID)')),
  );
}

/** A list of ids of ours, from one to `max`. */
export function References(max: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'uuid', isArray: true, minItems: 1, maxItems: max }),
    check('references', (value) => {
      if (!Array.isArray(value) || value.length === 0) return 'must be a list of at least one id';
      if (value.length > max) return `must have at most ${max} ids`;
      return value.every(isId) ? null : 'must hold ids (UUID) only';
    }),
  );
}

const isId = (value: unknown): boolean => typeof value === 'string' && isUuid(value);
