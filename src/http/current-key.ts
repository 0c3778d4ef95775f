import { applyDecorators, createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Problem } from '../errors/problem';
import type { Scope } from '../workspaces/workspace-admin';
import { CALL_EXTENSIONS } from './openapi/documented-call';
import { RouteOptions } from './route-options';

/** Who asks. */
export interface RequestKey {
  readonly keyId: string;
  readonly workspaceId: string;
  readonly scopes: readonly Scope[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read on every path that asks for a key. */
    currentKey?: RequestKey;
    /** Why the request is refused before its body is looked at, where that is to be answered under its key. */
    refusal?: Problem;
  }
}

/** The route asks for a key with each of these scopes; no scope contains another. */
export const Scopes = (...scopes: Scope[]): MethodDecorator =>
  applyDecorators(RouteOptions({ scopes }), ApiBearerAuth('apiKey'), ApiExtension(CALL_EXTENSIONS.scopes, scopes));

/** The key of the request. */
export const CurrentKey = createParamDecorator((_data: unknown, context: ExecutionContext): RequestKey => {
  const { currentKey } = context.switchToHttp().getRequest<FastifyRequest>();
  if (currentKey === undefined) throw new Error('@CurrentKey needs @Scopes on its method.');
  return currentKey;
});
