import { resolve } from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { CampaignActivities } from '../../activities/campaign.activities';
import type { SendingActivities } from '../../activities/sending.activities';
import type { SubscriberActivities } from '../../activities/subscriber.activities';
import { ENGINE_QUEUE, SEND_QUEUE } from '../../workflows/shared/names';
import { heartbeats } from './heartbeats';

/** The bundle that the build writes beside the compiled program. */
export const BUILT_BUNDLE = resolve(__dirname, '../../workflows.bundle.js');

/** What the workers of one process run with. */
export interface WorkersOptions {
  readonly address: string;
  readonly namespace: string;
  /** null = no worker versioning. */
  readonly buildId: string | null;
  readonly bundlePath: string;
  readonly engine: SubscriberActivities & CampaignActivities;
  readonly sending: SendingActivities;
}

/** The Temporal workers of one process: workflows with their record, and a worker of its own that sends. */
export class TemporalWorkers {
  private isStopping = false;

  private constructor(
    private readonly connection: NativeConnection,
    private readonly workers: readonly Worker[],
  ) {}

  /** Connects and starts polling nothing yet. */
  static async create(options: WorkersOptions): Promise<TemporalWorkers> {
    const connection = await NativeConnection.connect({ address: options.address });
    try {
      const workers = [
        await Worker.create({ connection, ...engineOptions(options) }),
        await Worker.create({ connection, ...sendOptions(options) }),
      ];
      return new TemporalWorkers(connection, workers);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Runs until `shutdown`, also one that came before, or until a worker fails. */
  async run(): Promise<void> {
    try {
      const running = this.workers.map((worker) => worker.run());
      if (this.isStopping) this.shutdown();
      await Promise.all(running);
    } finally {
      this.shutdown();
      await this.connection.close();
    }
  }

  /** Lets what runs come to its end; `run` returns then. */
  shutdown(): void {
    this.isStopping = true;
    for (const worker of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }
}

/** A task that waits for a worker which died goes to any other after this long: with the 10 s of the SDK every death would last so long. */
const STICKY_TIMEOUT = '2s';

/** Cold replay costs little, a cached workflow costs memory: campaign traffic rarely hits the cache. */
const engineOptions = ({ namespace, buildId, bundlePath, engine }: WorkersOptions): WorkerOptions => ({
  namespace,
  taskQueue: ENGINE_QUEUE,
  workflowBundle: { codePath: bundlePath },
  activities: engine,
  maxCachedWorkflows: 600,
  stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxConcurrentActivityTaskExecutions: 40,
  shutdownGraceTime: '8s',
  shutdownForceTime: '10s',
  interceptors: { activity: [heartbeats] },
  ...versioning(buildId),
});

/** The Page's lease is the rate limit, so the queue has none. */
const sendOptions = ({ namespace, buildId, sending }: WorkersOptions): WorkerOptions => ({
  namespace,
  taskQueue: SEND_QUEUE,
  activities: sending,
  maxConcurrentActivityTaskExecutions: 50,
  shutdownGraceTime: '8s',
  shutdownForceTime: '10s',
  interceptors: { activity: [heartbeats] },
  ...versioning(buildId),
});

const versioning = (buildId: string | null): Partial<WorkerOptions> =>
  buildId === null
    ? {}
    : {
        workerDeploymentOptions: {
          version: { deploymentName: 'herald', buildId },
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'PINNED',
        },
      };
