import { HttpException } from '@nestjs/common';
import type { ProblemCode } from './codes';
import { isDatabaseDown } from './database-down';
import { Problem } from './problem';

/** What Fastify refuses before a handler runs, by its error codes. */
const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY.TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'BODY.TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BODY.UNREADABLE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY.UNREADABLE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY.UNREADABLE',
};

/** Any other refusal of the framework, by its status. */
const STATUS_CODES: Readonly<Record<number, ProblemCode>> = {
  400: 'REQUEST.UNREADABLE',
  404: 'NOT_FOUND',
  413: 'BODY.TOO_LARGE',
  415: 'BODY.TYPE_UNSUPPORTED',
};

/** What the caller is told of an error; nothing of an unexpected one leaves this process. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseDown(error)) return new Problem('UNAVAILABLE', { headers: { 'retry-after': '1' } });
  const { code, statusCode } = (error ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  const status = error instanceof HttpException ? error.getStatus() : Number(statusCode);
  return new Problem(FASTIFY_CODES[String(code)] ?? STATUS_CODES[status] ?? 'INTERNAL');
}
