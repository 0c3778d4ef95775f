import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module';
import type { HeraldConfig } from './config/env';
import { takeBodies } from './http/bodies';
import { publishOpenApi } from './http/openapi/publish';
import { RequestGate } from './http/request-gate';
import { logRequests } from './http/request-log';
import { UNREADABLE } from './http/unreadable';
import { Metrics } from './metrics/metrics';
import { uuidV7 } from './security/uuid-v7';

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Builds the API, ready for `listen` or `inject`; nothing is connected before its `init`. */
export async function buildApp(config: HeraldConfig): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => uuidV7(),
    forceCloseConnections: 'idle',
    ...UNREADABLE,
  });
  const fastify = adapter.getInstance();
  takeBodies(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    abortOnError: false,
    bufferLogs: true,
    bodyParser: false,
  });
  app.useLogger(app.get(Logger));
  logRequests(fastify);
  app.get(Metrics).observe(fastify);
  app.get(RequestGate).guard(fastify);
  publishOpenApi(app);
  app.enableShutdownHooks();
  return app;
}
