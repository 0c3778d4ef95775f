import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { parseDuration } from '../../../domain/shared/duration';
import { check } from '../../input/check';

/** A duration of fixed length as ISO 8601. */
export function Duration(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: 40 }),
    check('duration', (value) => (isDuration(value) ? null : 'must be an ISO 8601 duration such as PT12H or P7D')),
  );
}

const isDuration = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 40 && parseDuration(value) !== null;
