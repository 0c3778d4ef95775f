import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors/problem';
import { isNdjson } from './json-body';

/** How long the rest of a refused body is read and thrown away before the refusal is sent, milliseconds. */
const DRAIN_MS = 5_000;

/**
 * Bodies arrive as bytes and are parsed behind key, path and idempotency key; a route may set its own limit. Whoever
 * sends one that is refused gets the answer, too.
 */
export function takeBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.bodyLimit !== undefined) route.bodyLimit = route.config.bodyLimit;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const { rawBody, ndjson } = request.routeOptions.config;
    const type = request.headers['content-type'];
    const isTaken = body.length === 0 || rawBody === true || isJson(type) || (ndjson === true && isNdjson(type));
    if (isTaken) done(null, body);
    else done(new Problem('BODY.TYPE_UNSUPPORTED'));
  });
  fastify.addHook('onSend', async (request, reply) => {
    if (reply.getHeader('connection') === 'close') await drain(request);
  });
}

/** Closed while its sender still writes, a connection is reset and the answer lost. */
async function drain({ raw }: FastifyRequest): Promise<void> {
  raw.resume();
  await finished(raw, { signal: AbortSignal.timeout(DRAIN_MS) }).catch(() => undefined);
}

/** Whether a content type is JSON, of whatever charset; only UTF-8 will decode. */
const isJson = (contentType: string | undefined): boolean =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
