import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

/** A token of Meta's: it stands in a header of every call, so it is printable ASCII without spaces. */
export function AccessToken(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1, maxLength: 2000 }),
    Matches(/^[\x21-\x7e]{1,2000}$/, { message: 'must be an access token of Meta' }),
  );
}
