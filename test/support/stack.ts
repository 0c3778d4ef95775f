import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { DAY_MS } from '../../domain/shared/duration';
import type { Simulator } from '../../simulator/simulator';
import { startSimulator } from '../../simulator/simulator';
import { anyFreePorts } from '../../src/cli/launcher/ports';
import { buildApp } from '../../src/app';
import { prepareTemporalNamespace } from '../../src/cli/launcher/temporal-namespace';
import type { HeraldConfig } from '../../src/config/env';
import { loadConfig } from '../../src/config/env';
import { createDataSource } from '../../src/persistence/data-source';
import { WorkerProgram } from '../../src/worker-program';
import { createApiKey, createWorkspace, SCOPES } from '../../src/workspaces/workspace-admin';
import { createTestDatabase } from './database';
import { control, HeraldClient } from './herald-client';

export type { Json, SimulatedPage } from './herald-client';

/** Ten o'clock in New York on the morrow: no story meets a midnight, of UTC or there, that it does not wait for. */
const nextMorning = (): string => `${new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}T15:00:00.000Z`;

/** The whole of Herald in one process: API, worker and simulator on a database and a Temporal namespace of their own. */
export class Stack extends HeraldClient {
  private worker: { readonly program: WorkerProgram; readonly running: Promise<void> } | null = null;

  private constructor(
    readonly config: HeraldConfig,
    readonly app: NestFastifyApplication,
    readonly simulator: Simulator,
    readonly owner: DataSource,
    readonly temporal: Client,
    readonly workspaceId: string,
    key: string,
    private readonly folder: string,
  ) {
    super(config.http.publicUrl, key, simulator.url);
  }

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
    const [port = 0] = await anyFreePorts(1);
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
    await stack.moveClock({ now: nextMorning() });
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
}
