import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors/problem';
import { isUuid } from '../security/uuid-v7';
import type { Scope } from '../workspaces/workspace-admin';
import type { RequestKey } from './current-key';
import { isIdempotent } from './idempotency';
import { KeyUsage } from './key-usage';
import { KnownKeys } from './known-keys';
import { isThere, namedResource } from './named-resources';
import { RateLimit } from './rate-limit';
import { Tenant } from './tenant';

const BEARER = /^Bearer +(\S+)$/i;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="herald"' };
const CHALLENGE_INVALID = { 'www-authenticate': 'Bearer realm="herald", error="invalid_token"' };
/** Methods whose body is read before the handler can look the resource up. */
const METHODS_WITH_BODY = new Set(['POST', 'PATCH', 'DELETE']);
/** Path parameters that are no ids of ours. */
const OTHER_PARAMETERS = new Set(['ruleId']);

/**
 * Decides who may ask, how often, and whether the path names something of theirs, before a byte of the body is read:
 * 401, 429, 403 and 404 come before anything that is wrong with the body.
 */
@Injectable()
export class RequestGate {
  constructor(
    private readonly keys: KnownKeys,
    private readonly usage: KeyUsage,
    private readonly rates: RateLimit,
    private readonly tenant: Tenant,
  ) {}

  /** Hooks it into every route that asks for a key; a path below `/v1` that asks for none does not start. */
  guard(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, config }) => {
      if (url.startsWith('/v1/') && config?.scopes === undefined) throw new Error(`${url} says no @Scopes.`);
    });
    fastify.addHook('onRequest', async (request, reply) => {
      const { scopes } = request.routeOptions.config;
      if (scopes !== undefined) await this.admit(request, reply, scopes);
    });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply, scopes: readonly Scope[]): Promise<void> {
    const key = await this.authenticate(request);
    this.count(key, reply);
    this.usage.note(key);
    const refusal = await this.refusalOf(request, key, scopes);
    if (refusal !== undefined && !isIdempotent(request)) throw refusal;
    request.currentKey = key;
    if (refusal !== undefined) request.refusal = refusal;
  }

  /** What is final: with an `Idempotency-Key` it is kept like any other answer, and so is thrown behind that. */
  private async refusalOf(
    request: FastifyRequest,
    key: RequestKey,
    scopes: readonly Scope[],
  ): Promise<Problem | undefined> {
    const missing = scopes.find((scope) => !key.scopes.includes(scope));
    if (missing !== undefined) {
      return new Problem('AUTH.SCOPE_MISSING', { detail: `The key lacks the scope ${missing}.` });
    }
    return (await this.isNamed(request, key)) ? undefined : new Problem('NOT_FOUND');
  }

  /** @throws Problem 401 when there is no valid key */
  async authenticate({ headers }: FastifyRequest): Promise<RequestKey> {
    const text = BEARER.exec(headers.authorization ?? '')?.[1];
    if (text === undefined) throw new Problem('AUTH.KEY_MISSING', { headers: CHALLENGE });
    const key = await this.keys.find(text);
    if (key === undefined) throw new Problem('AUTH.KEY_INVALID', { headers: CHALLENGE_INVALID });
    return key;
  }

  private count({ workspaceId }: RequestKey, reply: FastifyReply): void {
    const { limit, remaining, exceeded } = this.rates.take(workspaceId);
    void reply.header('ratelimit-policy', `"workspace";q=${limit};w=1`);
    void reply.header('ratelimit', `"workspace";r=${remaining};t=1`);
    if (exceeded) throw new Problem('RATE.LIMITED', { headers: { 'retry-after': '1' } });
  }

  private async isNamed(request: FastifyRequest, { workspaceId }: RequestKey): Promise<boolean> {
    const parameters = request.params as Readonly<Record<string, string>>;
    const ids = Object.entries(parameters).filter(([name]) => !OTHER_PARAMETERS.has(name));
    if (!ids.every(([, id]) => isUuid(id))) return false;
    const named = METHODS_WITH_BODY.has(request.method) ? namedResource(request.routeOptions.url ?? '') : undefined;
    if (named === undefined) return true;
    const id = parameters[named.parameter] ?? '';
    return this.tenant.read(workspaceId, (manager) => isThere(manager, named, id));
  }
}
