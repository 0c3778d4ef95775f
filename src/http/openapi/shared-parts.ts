import type { HeadersObject, ParameterObject } from '@nestjs/swagger';

const text = (description: string): HeadersObject[string] => ({ description, schema: { type: 'string' } });

/** Header of every POST under `/v1`. */
export const IDEMPOTENCY_KEY: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the request safe to repeat: its answer is replayed for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
  example: 'order-1042-confirmed',
};

/** Headers of every answer to a key. */
export const RATE_HEADERS: HeadersObject = {
  RateLimit: text('What is left of this second: `"workspace";r=<requests>;t=<seconds>`.'),
  'RateLimit-Policy': text('The limit of the workspace: `"workspace";q=<requests>;w=<seconds>`.'),
};

/** Header of an answer that was stored. */
export const REPLAYED: HeadersObject = { 'Idempotency-Replayed': text('`true` when this is the stored answer.') };

/** Header of a 201. */
export const LOCATION: HeadersObject = { Location: text('Path of the new resource.') };
