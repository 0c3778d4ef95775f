import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { Scope } from '../workspaces/workspace-admin';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scopes that the key needs; every path below `/v1` says them. */
    scopes?: readonly Scope[];
    /** Most bytes of a body; 1 MiB when absent. */
    bodyLimit?: number;
    /** The handler gets the body as a Buffer, whatever its content type. */
    rawBody?: boolean;
    /** `application/x-ndjson` is taken too; the handler gets it as a Buffer. */
    ndjson?: boolean;
    /** The answer's `id` can be read below the path of this POST, also when it is a 202; every 201 has that. */
    located?: boolean;
  }
}

/** As Nest keeps the options of a route: `RouteConfig` alone would replace what another decorator said. */
const ROUTE_CONFIG_METADATA = '__fastify_route_config__';

/** Adds options to the route of a method, whatever other decorators add. */
export const RouteOptions =
  (options: FastifyContextConfig): MethodDecorator =>
  (target, key, descriptor) => {
    const before = Reflect.getMetadata(ROUTE_CONFIG_METADATA, descriptor.value as object) as object | undefined;
    RouteConfig({ ...before, ...options })(target, key, descriptor);
  };
