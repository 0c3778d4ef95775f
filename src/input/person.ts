import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isEmail } from 'class-validator';
import { isTimeZone } from '../../domain/shared/local-time';
import { check } from './check';
import { lineObjection } from './text';

const PSID_FORM = /^[\w.-]{1,64}$/;
const PHONE_FORM = /^\+?[\d ().-]+$/;

/** A page-scoped id of Meta's; digits in practice, so it comes as text: it exceeds 2^53. */
export function Psid(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', minLength: 1, maxLength: 64 }),
    check('psid', (value) =>
      typeof value === 'string' && PSID_FORM.test(value) ? null : 'must be a page-scoped id, given as text',
    ),
  );
}

/** An e-mail address; it is compared without regard to case. */
export function Email(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', format: 'email', maxLength: 254 }),
    check('email', (value) => lineObjection(value, 3, 254) ?? (isEmail(value) ? null : 'must be an e-mail address')),
  );
}

/** A phone number with its country code. */
export function Phone(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: 40 }),
    check('phone', (value) => (isPhone(value) ? null : 'must be a phone number with its country code')),
  );
}

/** An IANA time zone. */
export function TimeZone(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'string', maxLength: 64 }),
    check('timeZone', (value) =>
      typeof value === 'string' && value.length <= 64 && isTimeZone(value)
        ? null
        : 'must be an IANA time zone such as Europe/Rome',
    ),
  );
}

function isPhone(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 40 || !PHONE_FORM.test(value)) return false;
  const digits = value.replace(/\D/g, '').replace(/^0+/, '').length;
  return digits >= 7 && digits <= 15;
}
