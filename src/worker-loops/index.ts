import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { ClockDriver } from '../clock/driver';
import { HttpSimulatorClock } from '../clock/simulator-clock';
import { SimulatorControl } from '../clock/simulator-control';
import type { HeraldConfig } from '../config/env';
import { knownAppIds } from '../config/known-app-ids';
import type { GraphClient } from '../graph-api/graph-client';
import { SubscriberImport } from '../imports/subscriber-import';
import { WebhookSubscriptions } from '../imports/webhook-subscriptions';
import { InboxDrainer } from '../inbox/drainer';
import { INBOX_CHANNEL } from '../inbox/ingest';
import { retain } from '../inbox/retention';
import { askForUnknown } from '../ledger/ask-for-unknown';
import { drainGraphLane } from '../outbox/graph-lane';
import { drainOutcomeLane } from '../outbox/outcome-lane';
import { Reconciler } from '../outbox/reconciler';
import { drainTemporalLane } from '../outbox/temporal-lane';
import { OUTBOX_CHANNEL } from '../outbox/wake';
import { TemporalSignals } from '../outbox/workflow-signals';
import { drainResets } from '../sandbox/reset/drain-resets';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import type { Loop, LoopLogger, Round } from './loop';
import { RoundLoop } from './loop';
import { sessionLoop } from './session-loop';
import type { SoleTask } from './worker-session';
import { WorkerSession } from './worker-session';

/** What the loops work with. */
export interface WorkerLoopDeps {
  /** Under `herald_worker`. */
  readonly dataSource: DataSource;
  /** The address of the same role, for the loops' own connection. */
  readonly workerUrl: string;
  readonly client: Client;
  readonly config: HeraldConfig;
  readonly envelope: Envelope;
  readonly lookupHash: LookupHash;
  readonly graph: GraphClient;
  readonly logger: LoopLogger;
}

/** How often a worker that does not do a sole task asks whether it is free, milliseconds. */
const ASK_AGAIN_MS = 1_000;

/** All that the worker does beside workflows and activities; the caller starts and stops them. */
export function createWorkerLoops(deps: WorkerLoopDeps): Loop[] {
  const { dataSource, config, envelope, graph, logger } = deps;
  const signals = new TemporalSignals(deps.client, config.http.publicUrl);
  const session = new WorkerSession(deps.workerUrl, logger);
  const loop = (name: string, round: Round): RoundLoop => new RoundLoop(name, round, logger);
  const sole = (task: SoleTask, round: Round): RoundLoop =>
    loop(task, async (stopping) => ((await session.does(task)) ? round(stopping) : ASK_AGAIN_MS));

  const inbox = loop('inbox', new InboxDrainer({ dataSource, envelope, logger }).round);
  const temporalLane = sole('temporalLane', () => drainTemporalLane(dataSource, signals));
  session.listen(INBOX_CHANNEL, inbox.nudge);
  session.listen(OUTBOX_CHANNEL, temporalLane.nudge);

  return [
    sessionLoop(session, logger),
    inbox,
    temporalLane,
    sole('outcomeLane', () => drainOutcomeLane(dataSource, signals, config.rates.outcomeSignalsPerSecond)),
    sole('graphLane', () => drainGraphLane({ dataSource, graph, envelope })),
    sole('unknownSends', () => askForUnknown({ dataSource, graph, envelope, logger })),
    sole('reconciler', new Reconciler(dataSource, signals, logger).round),
    sole('retention', () => retain(dataSource, logger)),
    sole(
      'webhookSubscriptions',
      new WebhookSubscriptions({ ...deps, appIds: knownAppIds(config.meta.appSecrets) }).round,
    ),
    loop('imports', new SubscriberImport(deps).round),
    ...(config.sandbox ? sandboxLoops(deps, signals, sole) : []),
  ];
}

/** What only a sandbox does: move the clock, and begin anew. */
function sandboxLoops(
  { dataSource, config, logger }: WorkerLoopDeps,
  signals: TemporalSignals,
  sole: (task: SoleTask, round: Round) => Loop,
): Loop[] {
  const control = new SimulatorControl(config.graph.baseUrl);
  const simulator = new HttpSimulatorClock(control);
  return [
    sole('clockDriver', new ClockDriver({ dataSource, signals, simulator, logger }).round),
    sole('sandboxResets', () => drainResets({ dataSource, control, simulator, logger })),
  ];
}
