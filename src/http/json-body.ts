import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { Problem } from '../errors/problem';
import { requireStorable } from './storable';

/**
 * Parses a JSON body once the key, the path and the `Idempotency-Key` are settled, so that they come first when several
 * things are wrong, and so that the idempotency key is bound to the bytes that came.
 */
@Injectable()
export class JsonBodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (Buffer.isBuffer(request.body) && isParsedHere(request)) {
      request.body = request.body.length === 0 ? undefined : parse(request.server, request, request.body);
      requireStorable(request.body, 'VALIDATION.FIELD');
    }
    requireStorable(request.query, 'QUERY.UNREADABLE');
    return next.handle();
  }
}

function isParsedHere({ routeOptions, headers }: FastifyRequest): boolean {
  if (routeOptions.config.rawBody === true) return false;
  return !(routeOptions.config.ndjson === true && isNdjson(headers['content-type']));
}

/** Whether a content type is NDJSON. */
export const isNdjson = (contentType: string | undefined): boolean =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/x-ndjson';

/** Fastify's own parser: it refuses keys that would reach a prototype. */
function parse(server: FastifyInstance, request: FastifyRequest, body: Buffer): unknown {
  let parsed: unknown;
  void server.getDefaultJsonParser('error', 'error')(request, decode(body), (error, value: unknown) => {
    if (error !== null) throw unreadable('is no valid JSON');
    parsed = value;
  });
  return parsed;
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadable('is no valid UTF-8');
  }
}

const unreadable = (reason: string): Problem => new Problem('BODY.UNREADABLE', { errors: [{ field: 'body', reason }] });
