import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { Simulator } from '../../simulator/simulator';
import { startSimulator } from '../../simulator/simulator';
import { buildApp } from '../../src/app';
import { prepareTemporalNamespace } from '../../src/cli/launcher/temporal-namespace';
import type { HeraldConfig } from '../../src/config/env';
import { loadConfig } from '../../src/config/env';
import { createDataSource } from '../../src/persistence/data-source';
import { WorkerProgram } from '../../src/worker-program';
import { createApiKey, createWorkspace, SCOPES } from '../../src/workspaces/workspace-admin';
import { createTestDatabase } from './database';

/** A JSON answer; a test says itself what it expects of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are checked by the tests, not by types
export type Json = any;

/** What the simulator made: a Page with its ad account. */
export interface SimulatedPage {
  readonly id: string;
  readonly pageToken: string;
  readonly adAccountId: string;
  readonly systemUserToken: string;
}

/** How long a test waits for an effect, wall clock. */
const PATIENCE_MS = 60_000;

/** The whole of Herald in one process: API, worker and simulator on a database and a Temporal namespace of their own. */
export class Stack {
  private worker: { readonly program: WorkerProgram; readonly running: Promise<void> } | null = null;

  private constructor(
    readonly config: HeraldConfig,
    readonly app: NestFastifyApplication,
    readonly simulator: Simulator,
    readonly owner: DataSource,
    readonly temporal: Client,
    readonly workspaceId: string,
    readonly key: string,
    private readonly folder: string,
  ) {}

  /** @param profile - of the simulator */
  static async start(profile = 'happy', environment: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const folder = mkdtempSync(join(tmpdir(), 'herald-stack-'));
    const simulator = await startSimulator({
      dataDir: folder,
      host: '127.0.0.1',
      port: 0,
      profile,
      seed: 1,
    } as Parameters<typeof startSimulator>[0]);
    const port = await freePort();
    const app = await control(simulator.url, 'POST', 'apps', {
      webhookUrl: `http://127.0.0.1:${port}/webhooks/meta`,
      verifyToken: 'verify',
    });
    const databaseUrl = await createTestDatabase();
    const namespace = `test-${randomBytes(4).toString('hex')}`;
    const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '';
    await prepareTemporalNamespace(address, namespace);
    const config = loadConfig({
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      GRAPH_API_URL: simulator.url,
      HERALD_SANDBOX: '1',
      LOG_LEVEL: 'error',
      META_APP_SECRETS: `${app.id}:${app.secret}`,
      META_VERIFY_TOKEN: 'verify',
      PORT: String(port),
      ...environment,
    });
    const owner = await createDataSource(databaseUrl, { applicationName: 'test', size: 4 }).initialize();
    const { id } = await createWorkspace(owner, 'Aurora');
    const { secret } = await createApiKey(owner, id, { name: 'test', scopes: SCOPES });
    const api = await buildApp(config);
    await api.listen(port, '127.0.0.1');
    const temporal = new Client({ connection: await Connection.connect({ address }), namespace });
    const stack = new Stack(config, api, simulator, owner, temporal, id, secret, folder);
    stack.startWorker();
    return stack;
  }

  startWorker(): void {
    const program = new WorkerProgram(
      this.config,
      process.env['TEST_WORKFLOW_BUNDLE'] ?? '',
      pino({ level: this.config.logLevel }, process.stderr),
    );
    this.worker = { program, running: program.run() };
  }

  async stopWorker(): Promise<void> {
    this.worker?.program.stop();
    await this.worker?.running;
    this.worker = null;
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await this.app.close();
    await this.simulator.close();
    await this.temporal.connection.close();
    await this.owner.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Calls the API over HTTP. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.config.http.publicUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Calls the API and wants success. */
  async ok(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Calls the simulator's control API. */
  control(method: string, path: string, body?: unknown): Promise<Json> {
    return control(this.simulator.url, method, path, body);
  }

  /** Makes a Page at Meta and connects it. */
  async connectPage(page: Record<string, unknown> = {}): Promise<{ id: string; meta: SimulatedPage }> {
    const meta = (await this.control('POST', 'pages', {
      name: 'Aurora',
      country: 'US',
      currency: 'USD',
      timeZone: 'UTC',
      ...page,
    })) as SimulatedPage;
    const connected = await this.ok('POST', '/v1/pages', {
      metaPageId: meta.id,
      platform: 'messenger',
      pageToken: meta.pageToken,
      systemUserToken: meta.systemUserToken,
      adAccountId: meta.adAccountId,
    });
    return { id: connected.id as string, meta };
  }

  /** Imports the Page's token list. */
  async sync(pageId: string): Promise<Json> {
    const { id } = await this.ok('POST', `/v1/pages/${pageId}/sync-subscribers`);
    return this.until(`/v1/pages/${pageId}/sync-subscribers/${id}`, (sync: Json) => sync.state === 'done');
  }

  /** Every subscriber's id, in the order of the list. */
  async subscriberIds(query = ''): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = '';
    do {
      const page: Json = await this.ok(
        'GET',
        `/v1/subscribers?limit=200${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      ids.push(...page.data.map((person: Json) => person.id as string));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  /** Moves the clock and waits until everything that was due is done. */
  async advance(advance: string): Promise<Json> {
    await this.ok('POST', '/v1/sandbox/clock', { advance });
    return this.until('/v1/sandbox/clock', (clock: Json) => clock.status === 'ready');
  }

  /** Reads a path until what it says is so. */
  async until(path: string, isSo: (body: Json) => boolean, patienceMs = PATIENCE_MS): Promise<Json> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const { status, body } = await this.call('GET', path);
      if (status === 200 && isSo(body)) return body;
      if (performance.now() > end) throw new Error(`${path} does not come to it: ${status} ${JSON.stringify(body)}`);
      await pause(50);
    }
  }
}

async function control(url: string, method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(`${url}/__sim/${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /__sim/${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
