import type { Pool } from 'undici';
import { appSecretProof } from './app-secret-proof';
import { CALL_DEADLINE_MS } from './deadlines';
import type { SendOptions } from './exchange';
import { exchange } from './exchange';
import type { GraphResult } from './graph-result';
import { readAnswer } from './read-answer';

/** One call of the Graph API, before it becomes HTTP. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the version, with its leading slash; it may hold a token, so it is never logged. */
  readonly path: string;
  /** The Page's or the system user's token, as meta-api §3.4 says for each call. */
  readonly token: string;
  /** Lists and objects go as JSON (meta-api §2.2); undefined ones are left out. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly deadlineMs?: number;
  readonly leaving?: SendOptions | undefined;
}

/** The way to one Graph host: version, proof and pool. No call is ever tried twice. */
export class GraphConnection {
  /** A slice shares its token: its proof is made once. */
  private lastProof: { readonly token: string; readonly proof: string } | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly basePath: string,
    private readonly appSecret: string | undefined,
  ) {}

  /**
   * @param read - turns the parsed answer into the value; undefined when the answer lacks what it must have, which
   *   makes the outcome unknown
   */
  async call<T>(request: GraphRequest, read: (answer: unknown) => T | undefined): Promise<GraphResult<T>> {
    const body = request.body && JSON.stringify(request.body);
    const outcome = await exchange(
      this.pool,
      {
        method: request.method,
        path: this.pathOf(request),
        headers: { authorization: `Bearer ${request.token}`, ...(body && { 'content-type': 'application/json' }) },
        body: body ?? null,
      },
      { deadlineMs: request.deadlineMs ?? CALL_DEADLINE_MS, ...request.leaving },
    );
    return outcome.kind === 'answered' ? readAnswer(outcome, read) : outcome;
  }

  private pathOf(request: GraphRequest): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    if (this.appSecret !== undefined) query.set('appsecret_proof', this.proofOf(this.appSecret, request.token));
    const search = query.toString();
    return `${this.basePath}${request.path}${search && `?${search}`}`;
  }

  private proofOf(appSecret: string, token: string): string {
    if (this.lastProof?.token !== token) this.lastProof = { token, proof: appSecretProof(appSecret, token) };
    return this.lastProof.proof;
  }
}
