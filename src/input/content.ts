import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { check } from './check';

/** Meta's `message` object as it is; what is inside is judged by `contentErrors`. */
export function Content(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'object',
      additionalProperties: true,
      example: { text: 'Hello {{name|there}}, the new collection is here.' },
    }),
    check('content', (value) => (isRecord(value) ? null : "must be an object: Meta's message")),
  );
}

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
