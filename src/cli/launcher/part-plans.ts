import { resolve } from 'node:path';
import { type Addresses } from './addresses';
import { childEnvironment, type StackFacts } from './child-environment';
import type { DataDirectory } from './data-directory';
import { acceptsQueries, prepareEmbeddedPostgres } from './embedded-postgres';
import type { PartPlan } from './part';
import type { PortName, ReservedPorts } from './ports';
import type { Program } from './program';
import { SimulatorControl } from './simulator-control';
import { findTemporalBinary } from './temporal-binary';
import { acceptsConnections, temporalServer } from './temporal-server';

/** What every plan is made from. */
export interface PlanContext {
  readonly directory: DataDirectory;
  readonly facts: StackFacts;
  readonly reserved: ReservedPorts;
}

const STOP_GRACE_MS = 6_000;
const SERVER_STOP_GRACE_MS = 5_000;
const SERVER_START_ATTEMPTS = 4;

/** MiB. What a slice makes is garbage with its settle: with room for a few of them it is never copied. */
const YOUNG_SPACE = '--max-semi-space-size=64';

/** The compiled program, beside this one. */
const PROGRAMS = resolve(__dirname, '../../..');

/** Our own Postgres; it is ready when the owner can ask it something. */
export async function planPostgres({ directory, facts, reserved }: PlanContext): Promise<PartPlan> {
  const postgres = await prepareEmbeddedPostgres(directory.postgres, facts.secrets.databasePassword);
  const { port, release } = take(reserved, 'postgres');
  return {
    name: 'postgres',
    program: postgres.programOn(port),
    beforeStart: release,
    isReady: () => acceptsQueries(postgres.urlOn(port, 'postgres')),
    stopSignal: 'SIGINT',
    stopGraceMs: SERVER_STOP_GRACE_MS,
    startAttempts: SERVER_START_ATTEMPTS,
  };
}

/** Our own Temporal; `tell` hears of a download. */
export async function planTemporal(
  { directory, facts, reserved }: PlanContext,
  tell: (line: string) => void,
): Promise<PartPlan> {
  const binary = await findTemporalBinary(facts.environment, tell);
  const { temporal, temporalUi, temporalMetrics } = reserved.ports;
  const ports = { frontend: temporal, ui: temporalUi, metrics: temporalMetrics };
  return {
    name: 'temporal',
    program: temporalServer(binary, facts.addresses.temporalNamespace, ports, directory.temporalDatabase),
    beforeStart: () => reserved.release('temporal', 'temporalUi', 'temporalMetrics'),
    isReady: () => acceptsConnections(temporal),
    stopSignal: 'SIGTERM',
    stopGraceMs: SERVER_STOP_GRACE_MS,
    startAttempts: SERVER_START_ATTEMPTS,
  };
}

/** The simulator, ready when its control API answers. */
export function planSimulator({ directory, facts, reserved }: PlanContext, simulatorUrl: string): PartPlan {
  const { port, release } = take(reserved, 'simulator');
  return {
    name: 'simulator',
    program: ourProgram(
      'simulator/main.js',
      directory,
      { ...facts.environment.all, HOST: '127.0.0.1', PORT: String(port), SIMULATOR_DATA_DIR: directory.simulator },
      [YOUNG_SPACE],
    ),
    beforeStart: release,
    isReady: () => new SimulatorControl(simulatorUrl).isReady(),
    stopSignal: 'SIGTERM',
    stopGraceMs: STOP_GRACE_MS,
    startAttempts: 1,
  };
}

/** The API, ready when it says so itself. */
export function planApi({ directory, facts, reserved }: PlanContext): PartPlan {
  return {
    name: 'api',
    program: ourProgram('src/main.js', directory, childEnvironment(facts)),
    beforeStart: take(reserved, 'api').release,
    isReady: () => isHealthy(facts.addresses),
    stopSignal: 'SIGTERM',
    stopGraceMs: STOP_GRACE_MS,
    startAttempts: 1,
  };
}

/** The worker, ready as soon as it runs: what it has to do waits for it in Temporal. */
export function planWorker({ directory, facts, reserved }: PlanContext): PartPlan {
  return {
    name: 'worker',
    program: ourProgram('src/worker.js', directory, childEnvironment(facts), [YOUNG_SPACE]),
    beforeStart: take(reserved, 'workerMetrics').release,
    isReady: () => Promise.resolve(true),
    stopSignal: 'SIGTERM',
    stopGraceMs: STOP_GRACE_MS,
    startAttempts: 1,
  };
}

/** The directory stands on the command line, so that the process can be told from that of another stack. */
function ourProgram(
  path: string,
  directory: DataDirectory,
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[] = [],
): Program {
  return {
    command: process.execPath,
    args: ['--enable-source-maps', ...nodeOptions, resolve(PROGRAMS, path), `--stack=${directory.root}`],
    env,
  };
}

function take(reserved: ReservedPorts, name: PortName): { port: number; release: () => Promise<void> } {
  return { port: reserved.ports[name], release: () => reserved.release(name) };
}

async function isHealthy({ apiUrl }: Addresses): Promise<boolean> {
  return (await fetch(`${apiUrl}/health/ready`)).ok;
}
