import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createSubscriberActivities } from '../../activities/subscriber.activities';
import type { OptInMessage, SubscriberPorts } from '../../activities/subscriber.ports';
import type { SingleSend, SingleSending, SingleSendResult } from '../../activities/sending.ports';
import type { MessageReceipt } from '../../src/graph-api/calls/send-message';
import type { GraphResult } from '../../src/graph-api/graph-result';
import { TemporalSignals } from '../../src/outbox/workflow-signals';
import { createSubscriberPorts } from '../../src/subscribers/lifecycle/subscriber-ports';
import { prepareTemporalNamespace } from '../../src/cli/launcher/temporal-namespace';
import { clockMovedSignal, refreshSignal } from '../../workflows/shared/lifecycle.contract';
import { ENGINE_QUEUE, SEND_QUEUE, subscriberWorkflowId } from '../../workflows/shared/names';
import type { SubscriberView } from '../../workflows/subscriber/subscriber.contract';
import { subscriberViewQuery } from '../../workflows/subscriber/subscriber.contract';
import { SubscriberWorld } from '../subscribers/world';

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** What Meta answers to the next requests; without one it takes them. */
export type MetaAnswer = GraphResult<MessageReceipt>;

/** People's workflows on a real Temporal server and a real Postgres, with Meta and the ledger in the test's hand. */
export class SubscriberLife {
  /** Opt-in requests that reached Meta. */
  readonly asked: Pick<OptInMessage, 'title' | 'payload'>[] = [];
  readonly metaAnswers: MetaAnswer[] = [];
  /** Messages that the ledger was asked to send. */
  readonly sent: SingleSend[] = [];
  /** What the ledger does with a message. */
  ledger: (send: SingleSend) => Promise<SingleSendResult> = (send) => this.takeSend(send, 'accepted');
  /** See `SubscriberPlan`. */
  idleAfterMs: number | null = null;
  /** Runs before each look at a record; a rejection is a database that is down. */
  beforeLoad: () => Promise<void> = () => Promise.resolve();
  /** Runs before a workflow compares once more whether it may end. */
  beforeClose: () => Promise<void> = () => Promise.resolve();
  private workers: Worker[] = [];
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly world: SubscriberWorld,
    readonly client: Client,
    private readonly connection: NativeConnection,
    private readonly signals: TemporalSignals,
  ) {}

  static async begin(): Promise<SubscriberLife> {
    const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '';
    const namespace = `subscribers-${randomUUID()}`;
    await prepareTemporalNamespace(address, namespace);
    const client = new Client({ connection: await Connection.connect({ address }), namespace });
    const signals = new TemporalSignals(client, 'http://herald.test');
    const connection = await NativeConnection.connect({ address });
    const life = new SubscriberLife(await SubscriberWorld.create(), client, connection, signals);
    await life.startWorkers();
    return life;
  }

  async end(): Promise<void> {
    await this.stopWorkers();
    await this.connection.close();
    await this.client.connection.close();
    await this.world.end();
  }

  async startWorkers(): Promise<void> {
    const { namespace } = this.client.options;
    const sending: SingleSending = { sendSingle: this.sendSingle };
    const common = { connection: this.connection, namespace };
    this.workers = [
      await Worker.create({
        ...common,
        taskQueue: ENGINE_QUEUE,
        workflowBundle: { codePath: process.env['TEST_WORKFLOW_BUNDLE'] ?? '' },
        activities: createSubscriberActivities(this.ports()),
      }),
      await Worker.create({ ...common, taskQueue: SEND_QUEUE, activities: sending }),
    ];
    this.running = Promise.all(this.workers.map((worker) => worker.run()));
  }

  async stopWorkers(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
  }

  handle(subscriberId: string): WorkflowHandle {
    return this.client.workflow.getHandle(subscriberWorkflowId(this.world.pageId, subscriberId));
  }

  /** Wakes a person's workflow as the Waker does; what it is to do stands in the rows. */
  async wake(
    subscriberId: string,
    signal: { readonly name: string } = refreshSignal,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { workspaceId, pageId } = this.world;
    await this.signals.signalWithStart({
      workspaceId,
      pageId,
      ownerKind: 'subscriber',
      ownerId: subscriberId,
      signal: signal.name,
      args,
    });
  }

  /** Raises what the person's workflow owes, without telling it. */
  async owe(subscriberId: string): Promise<void> {
    await this.world.sql(
      `INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq) VALUES ($1, $2, $3, 'subscriber', 1)
       ON CONFLICT (owner_id) DO UPDATE SET wake_seq = waits.wake_seq + 1`,
      [subscriberId, this.world.workspaceId, this.world.pageId],
    );
  }

  /** Moves the clock and tells the person's workflow, as the sandbox driver does. */
  async moveClock(subscriberId: string, nowMs: number): Promise<void> {
    await this.world.setClock(nowMs);
    await this.wake(subscriberId, clockMovedSignal, { nowMs });
  }

  view(subscriberId: string): Promise<SubscriberView> {
    return this.handle(subscriberId).query(subscriberViewQuery);
  }

  /** What an operator reads in the Temporal UI. */
  async details(subscriberId: string): Promise<string> {
    const metadata = await this.handle(subscriberId).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }

  /** Moves a message of the ledger, as a send does. */
  async takeSend(
    { sendId }: SingleSend,
    state: SingleSendResult['state'],
    dueAtMs?: number,
  ): Promise<SingleSendResult> {
    await this.world.sql('UPDATE sends SET state = $2, due_at = $3 WHERE id = $1', [
      sendId,
      state,
      dueAtMs === undefined ? null : new Date(dueAtMs),
    ]);
    return { state, ...(dueAtMs !== undefined && { dueAtMs }) };
  }

  private ports(): SubscriberPorts {
    const { dataSource, keys } = this.world;
    const ports = createSubscriberPorts({
      dataSource,
      graph: { sendOptInRequest: this.meta },
      ...keys,
      subscriberIdleDays: null,
    });
    const { record } = ports;
    return {
      ...ports,
      record: {
        load: async (ids) => {
          await this.beforeLoad();
          const plan = await record.load(ids);
          return plan === null ? null : { ...plan, idleAfterMs: this.idleAfterMs };
        },
        markActed: (ids, acted) => record.markActed(ids, acted),
        close: (ids, whileGranted) => this.beforeClose().then(() => record.close(ids, whileGranted)),
      },
    };
  }

  private readonly meta = (message: {
    readonly title?: string | undefined;
    readonly payload: string;
  }): Promise<MetaAnswer> => {
    this.asked.push({ title: message.title ?? '', payload: message.payload });
    const usage = { percent: 0, regainAfterMs: 0 };
    return Promise.resolve(this.metaAnswers.shift() ?? { kind: 'ok', value: { mid: 'm_1' }, usage });
  };

  private readonly sendSingle = (send: SingleSend): Promise<SingleSendResult> => {
    this.sent.push(send);
    return this.ledger(send);
  };
}

const PATIENCE_MS = 25_000;
const PAUSE_MS = 25;

/** Polls until an expectation holds. */
export async function eventually(expectation: () => Promise<void> | void): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
