import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';

/** Asked by machines every few seconds: worth a line only when somebody looks closely. */
const QUIET = /^\/(health|metrics)/;

/**
 * One line a request: the route's pattern instead of the address, which may name a person, and never header, query or
 * body. The request id goes back in `X-Request-Id`.
 */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    PinoLogger.root[levelOf(request, reply)](lineOf(request, reply), 'request');
    done();
  });
}

function levelOf({ routeOptions }: FastifyRequest, { statusCode }: FastifyReply): 'debug' | 'info' | 'warn' {
  if (statusCode >= 500) return 'warn';
  return QUIET.test(routeOptions.url ?? '') ? 'debug' : 'info';
}

function lineOf(request: FastifyRequest, reply: FastifyReply): Readonly<Record<string, unknown>> {
  return {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(request.currentKey && { workspaceId: request.currentKey.workspaceId, keyId: request.currentKey.keyId }),
  };
}
