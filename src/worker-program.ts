import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { createCampaignActivities } from '../activities/campaign.activities';
import { createSendingActivities } from '../activities/sending.activities';
import { createSubscriberActivities } from '../activities/subscriber.activities';
import { createCampaignPorts } from './campaigns/lifecycle/campaign-ports';
import { pauseEveryCampaign } from './campaigns/lifecycle/pause-every-campaign';
import type { HeraldConfig } from './config/env';
import { GraphClient } from './graph-api/graph-client';
import { createLedgerLoops } from './ledger/ledger-loops';
import { createDataSource } from './persistence/data-source';
import { roleUrl } from './persistence/role-urls';
import { Envelope } from './security/envelope';
import { LookupHash } from './security/lookup-hash';
import { createSubscriberPorts } from './subscribers/lifecycle/subscriber-ports';
import type { WorkersOptions } from './temporal/temporal-workers';
import { TemporalWorkers } from './temporal/temporal-workers';
import { createWorkerLoops } from './worker-loops';
import type { Loop, LoopLogger } from './worker-loops/loop';

/** Fifty batches and forty short activities at a time, the loops, and room to spare. */
const CONNECTIONS = 40;

/** Temporal may be away when the worker starts, and a paused worker waits for its end: the loops run meanwhile. */
const LOOK_AGAIN_MS = 1_000;

/** The worker: hosts workflows and activities, drains inbox and outbox, keeps the clock of the sandbox. */
export class WorkerProgram {
  private readonly dataSource: DataSource;
  private readonly graph: GraphClient;
  private readonly connection: Connection;
  private readonly loops: readonly Loop[];
  private readonly options: WorkersOptions;
  private readonly startsPaused: boolean;
  private workers: TemporalWorkers | null = null;
  private stopping = false;

  constructor(
    config: HeraldConfig,
    bundlePath: string,
    private readonly logger: LoopLogger,
  ) {
    const { database, temporal, graph, keys } = config;
    this.startsPaused = config.startPaused;
    const workerUrl = database.workerUrl ?? roleUrl(database.ownerUrl, 'herald_worker');
    this.dataSource = createDataSource(workerUrl, { applicationName: 'herald-worker', size: CONNECTIONS });
    this.graph = new GraphClient({
      url: graph.baseUrl,
      version: graph.version,
      appSecret: config.meta.appSecrets[0]?.secret,
    });
    const envelope = new Envelope(keys.ring);
    const lookupHash = new LookupHash(keys.lookupKey);
    this.connection = Connection.lazy({ address: temporal.address });
    const client = new Client({ connection: this.connection, namespace: temporal.namespace });
    const parts = { dataSource: this.dataSource, graph: this.graph, envelope, lookupHash };
    const campaigns = createCampaignPorts({ ...parts, holdWorkflowMax: config.rates.holdWorkflowMax });
    this.options = {
      address: temporal.address,
      namespace: temporal.namespace,
      buildId: config.buildId,
      bundlePath,
      engine: {
        ...createSubscriberActivities(
          createSubscriberPorts({ ...parts, subscriberIdleDays: config.subscriberIdleDays }),
        ),
        ...createCampaignActivities(campaigns),
      },
      sending: createSendingActivities(campaigns.batches, campaigns.batches),
    };
    this.loops = [
      ...createWorkerLoops({ ...parts, client, config, workerUrl, logger }),
      ...createLedgerLoops(this.dataSource, logger),
    ];
  }

  /** Runs until `stop`, or until a Temporal worker fails. */
  async run(): Promise<void> {
    await this.dataSource.initialize();
    if (this.startsPaused) await this.pauseEveryCampaign();
    for (const loop of this.loops) loop.start();
    try {
      if (this.startsPaused) await this.untilStopped();
      this.workers = await this.connect();
      if (this.isStopping()) this.workers?.shutdown();
      await this.workers?.run();
    } finally {
      await this.end();
    }
  }

  /** Lets what runs come to its end; `run` returns then. */
  stop(): void {
    this.stopping = true;
    this.workers?.shutdown();
  }

  private async pauseEveryCampaign(): Promise<void> {
    const campaigns = await pauseEveryCampaign(this.dataSource);
    this.logger.warn(
      { campaigns },
      'Every campaign is paused, and this worker sends nothing: HERALD_START_PAUSED is 1',
    );
  }

  /** Webhooks are applied and token lists imported meanwhile; no workflow runs, so nothing is sent. */
  private async untilStopped(): Promise<void> {
    while (!this.isStopping()) await pause(LOOK_AGAIN_MS);
  }

  private async connect(): Promise<TemporalWorkers | null> {
    for (;;) {
      if (this.isStopping()) return null;
      try {
        return await TemporalWorkers.create(this.options);
      } catch (error) {
        this.logger.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'Temporal is not there yet');
        await pause(LOOK_AGAIN_MS);
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping;
  }

  private async end(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.connection.close();
    await this.graph.close();
    await this.dataSource.destroy();
  }
}
