import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { buildApp } from '../../src/app';
import type { HeraldConfig } from '../../src/config/env';
import { loadConfig } from '../../src/config/env';
import { createDataSource } from '../../src/persistence/data-source';
import type { Scope } from '../../src/workspaces/workspace-admin';
import { createApiKey, createWorkspace, SCOPES } from '../../src/workspaces/workspace-admin';
import { createTestDatabase } from '../support/database';

/** A request as a caller would write it; objects go as JSON. */
export interface Call {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What answers carry, as far as tests read it; a test knows which of it its answer has. */
export interface JsonBody {
  readonly id: string;
  readonly data: JsonBody[];
  readonly nextCursor: string | null;
  readonly errors: { readonly field: string; readonly reason: string }[];
  readonly code: string;
  readonly detail: string;
  readonly secret: string;
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Parsed JSON; empty when there is none. */
  readonly body: JsonBody;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';

/** The API on a database of its own, with one workspace and a key that has every scope. */
export class ApiUnderTest {
  private constructor(
    readonly app: NestFastifyApplication,
    /** The owner's connection, beside the API: it sees every workspace. */
    readonly owner: DataSource,
    readonly config: HeraldConfig,
    readonly workspaceId: string,
    readonly key: string,
  ) {}

  /** @param environment - variables beyond the defaults of a test */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ApiUnderTest> {
    const databaseUrl = environment['DATABASE_URL'] ?? (await createTestDatabase());
    const config = loadConfig({
      DATABASE_URL: databaseUrl,
      HERALD_SANDBOX: '1',
      LOG_LEVEL: 'fatal',
      GRAPH_API_URL: 'http://127.0.0.1:1',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      ...environment,
    });
    const owner = await createDataSource(databaseUrl, { applicationName: 'test', size: 4 }).initialize();
    const { id } = await createWorkspace(owner, 'Aurora');
    const { secret } = await createApiKey(owner, id, { name: 'test', scopes: SCOPES });
    const app = await buildApp(config);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new ApiUnderTest(app, owner, config, id, secret);
  }

  /** For a test that needs an API of its own: it stops whatever the test finds. */
  static async within(
    work: (api: ApiUnderTest) => Promise<void>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const api = await ApiUnderTest.start(environment);
    try {
      await work(api);
    } finally {
      await api.stop();
    }
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.owner.destroy();
  }

  /** The same API as another workspace sees it, with a key of its own that has every scope. */
  async beside(name: string): Promise<ApiUnderTest> {
    const { id } = await createWorkspace(this.owner, name);
    return new ApiUnderTest(this.app, this.owner, this.config, id, await this.otherKey({ workspaceId: id }));
  }

  /** A key of another workspace, or of this one with other scopes. */
  async otherKey(options: { workspaceId?: string; scopes?: readonly Scope[] } = {}): Promise<string> {
    const workspaceId = options.workspaceId ?? (await createWorkspace(this.owner, 'Borealis')).id;
    const { secret } = await createApiKey(this.owner, workspaceId, { name: 'other', scopes: options.scopes ?? SCOPES });
    return secret;
  }

  async call(method: Method, url: string, { key = this.key, body, headers }: Call = {}): Promise<Answer> {
    const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const response = await this.app.inject({
      method,
      url,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: isPlain ? body : JSON.stringify(body) }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      headers: response.headers as Readonly<Record<string, string | undefined>>,
      text: response.body,
      body: (isJson && response.body !== '' ? JSON.parse(response.body) : {}) as JsonBody,
    };
  }

  get(url: string, call?: Call): Promise<Answer> {
    return this.call('GET', url, call);
  }

  post(url: string, body?: unknown, call?: Omit<Call, 'body'>): Promise<Answer> {
    return this.call('POST', url, { ...call, body });
  }

  patch(url: string, body?: unknown, call?: Omit<Call, 'body'>): Promise<Answer> {
    return this.call('PATCH', url, { ...call, body });
  }

  delete(url: string, call?: Call): Promise<Answer> {
    return this.call('DELETE', url, call);
  }
}
