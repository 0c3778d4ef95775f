import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { from, lastValueFrom } from 'rxjs';
import { crashPoint } from '../crash-points';
import { Problem } from '../errors/problem';
import { problemOf } from '../errors/problem-of';
import { instanceOf, pathOf } from '../errors/problem.filter';
import { LookupHash } from '../security/lookup-hash';
import { ApiDatabase } from './databases';
import { EffectTransaction } from './effect-transaction';
import type { HeldUse, StoredAnswer } from './idempotency-store';
import { IdempotencyStore } from './idempotency-store';
import { RequestContext } from './request-context';

const KEY_FORM = /^[\x20-\x7e]{1,255}$/;
const KEY_ERROR = { field: 'Idempotency-Key', reason: 'must be 1 to 255 printable ASCII characters' };
const RENEW_EVERY_MS = 10_000;
/** Headers that belong to an answer and not to the exchange that carries it. */
const KEPT_HEADERS = ['location', 'retry-after'];

/** Whether a request is to be carried out once, however often it comes. */
export const isIdempotent = ({ method, headers }: FastifyRequest): boolean =>
  method === 'POST' && headers['idempotency-key'] !== undefined;

/**
 * Carries out a POST under `/v1` once for each `Idempotency-Key`: the answer commits with the effect and is replayed
 * for 24 hours; 401, 429 and 5xx are not kept, such a request may be sent again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly database: ApiDatabase,
    private readonly lookup: LookupHash,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.currentKey === undefined || !isIdempotent(request)) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { refusal } = request;
    const handle = (): Promise<unknown> =>
      refusal === undefined ? lastValueFrom(next.handle(), { defaultValue: undefined }) : Promise.reject(refusal);
    return from(this.once(String(request.headers['idempotency-key']), request, reply, handle));
  }

  private async once(
    key: string,
    request: FastifyRequest,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    if (!KEY_FORM.test(key)) throw new Problem('IDEMPOTENCY.KEY_UNREADABLE', { errors: [KEY_ERROR] });
    const acquired = await this.store.acquire({
      workspaceId: request.currentKey?.workspaceId ?? '',
      operation: this.operationOf(request),
      key,
      bodyHash: hashOf(request),
    });
    switch (acquired.kind) {
      case 'other_body':
        throw new Problem('IDEMPOTENCY.OTHER_BODY');
      case 'running':
        throw stillRunning();
      case 'replay':
        return this.show(acquired.answer, request.refusal, reply);
      case 'run':
        return this.run(acquired.use, request, reply, handle);
    }
  }

  /** Method and path; what in the path is none of our ids may name a person, and stands there by its keyed hash. */
  private operationOf(request: FastifyRequest): string {
    const path = pathOf(request);
    const shown = instanceOf(request);
    if (shown === path) return `POST ${path}`;
    return `POST ${shown ?? ''}#${this.lookup.of('path', path).toString('base64url')}`;
  }

  /** What another key was answered is not for one that lacks the scope; what is gone since is shown as it was. */
  private show(answer: StoredAnswer, refusal: Problem | undefined, reply: FastifyReply): unknown {
    if (refusal?.status === 403 && answer.status !== 403) throw refusal;
    return replay(reply, answer);
  }

  private async run(
    use: HeldUse,
    request: FastifyRequest,
    reply: FastifyReply,
    handle: () => Promise<unknown>,
  ): Promise<unknown> {
    const effect = new EffectTransaction(this.database.dataSource, use.workspaceId);
    const renewal = setInterval(() => void this.store.renew(use).catch(() => undefined), RENEW_EVERY_MS);
    try {
      const outcome = await settled(() => RequestContext.within(effect, handle));
      await effect.commit(async (manager) => {
        const answer = outcome.ok ? answerOf(reply, outcome.value) : refusalOf(outcome.problem, request);
        if (!(await this.store.store(manager, use, answer))) throw stillRunning();
      });
      crashPoint('after-idempotent-effect');
      if (!outcome.ok) throw outcome.problem;
      return outcome.value;
    } catch (error) {
      await effect.rollback();
      if (!isKept(problemOf(error).status)) await this.store.release(use).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };

/** @throws what may not be kept as an answer */
async function settled(handle: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await handle() };
  } catch (error) {
    const problem = problemOf(error);
    if (!isKept(problem.status)) throw error;
    return { ok: false, problem };
  }
}

const isKept = (status: number): boolean => status < 500 && status !== 401 && status !== 429;

function answerOf(reply: FastifyReply, value: unknown): StoredAnswer {
  return { status: reply.statusCode, headers: kept(reply.getHeaders()), ...(value !== undefined && { body: value }) };
}

function refusalOf(problem: Problem, request: FastifyRequest): StoredAnswer {
  const headers = { ...kept({ ...problem.extras.headers }), 'content-type': 'application/problem+json' };
  return { status: problem.status, headers, body: problem.body(instanceOf(request)) };
}

function replay(reply: FastifyReply, { status, headers, body }: StoredAnswer): unknown {
  void reply.status(status).headers({ ...headers, 'idempotency-replayed': 'true' });
  return body;
}

function kept(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

const stillRunning = (): Problem => new Problem('IDEMPOTENCY.RUNNING', { headers: { 'retry-after': '1' } });

/** The body is still the bytes that came: it is parsed behind this. A query asks for something else, too. */
function hashOf({ body, url }: FastifyRequest): Buffer {
  const hash = createHash('sha256').update(Buffer.isBuffer(body) ? body : '');
  const queryAt = url.indexOf('?');
  return (queryAt < 0 ? hash : hash.update(url.slice(queryAt))).digest();
}
