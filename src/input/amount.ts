import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { check } from './check';

/** An amount of money in minor units: a whole number, more than 0, at most 2^53 − 1. */
export function AmountMinor(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    check('amountMinor', (value) =>
      Number.isSafeInteger(value) && Number(value) > 0
        ? null
        : 'must be a whole number of minor units, more than 0 and at most 2^53 − 1',
    ),
  );
}

/** An ISO 4217 code. */
export function Currency(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', pattern: '^[A-Z]{3}$' }),
    check('currency', (value) =>
      typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? null : 'must be an ISO 4217 code such as EUR',
    ),
  );
}
