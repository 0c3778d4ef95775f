import type { LauncherEnvironment } from '../../config/launcher-environment';
import type { Terminal } from '../terminal/terminal';
import { addressesOf, embeddedParts, neededPorts } from './addresses';
import { createDataDirectory, type DataDirectory } from './data-directory';
import { markDataVersion } from './data-version';
import { createDatabase } from './embedded-postgres';
import { completeSecrets, type CompleteSecrets } from './first-start';
import { Guard } from './guard';
import { endLeftovers, forgetProcesses, recordProcesses } from './leftovers';
import { lockDataDirectory } from './lock';
import type { LogLine } from './log-line';
import { migrateDatabase } from './migrate-database';
import { Part, type PartPlan } from './part';
import { PartLog } from './part-log';
import type { PartName } from './part-name';
import { planApi, planPostgres, planSimulator, planTemporal, planWorker, type PlanContext } from './part-plans';
import { reservePorts } from './ports';
import { requireRoom } from './room';
import { describeRuntime, removeRuntime, writeRuntime, type Pids, type Runtime } from './runtime-file';
import { loadSecrets } from './secrets';
import { SimulatorControl, type SimulatedMeta } from './simulator-control';
import { prepareTemporalNamespace } from './temporal-namespace';

/** What a stack is started with. */
export interface StackOptions {
  readonly directory: DataDirectory;
  readonly environment: LauncherEnvironment;
  readonly terminal: Terminal;
  /** Whether a line of a part's log is also shown to the person. */
  readonly isShown: (part: PartName, line: LogLine) => boolean;
}

/** Parts by the order in which they stop: who uses a server ends before it. */
const STOP_ORDER: readonly (readonly PartName[])[] = [
  ['api', 'worker', 'simulator'],
  ['temporal', 'postgres'],
];

/** A full disk takes no file: what is to be known of the parts is written again after this. */
const WRITE_AGAIN_MS = 1_000;

/** Everything that `up` runs: started in order, watched, written down in `runtime.json`, stopped in order. */
export class Stack {
  private readonly startedAt = new Date().toISOString();
  private readonly parts = new Map<PartName, Part>();
  private readonly unlock: () => void;
  private readonly guard: Guard;
  private readonly log: PartLog;
  private described: Omit<Runtime, 'pids'> | undefined;
  private isStopping = false;
  private writeAgain: NodeJS.Timeout | undefined;

  /** @throws CommandError when the directory cannot take a stack, or another launcher runs on it */
  constructor(private readonly options: StackOptions) {
    createDataDirectory(options.directory);
    requireRoom(options.directory);
    this.unlock = lockDataDirectory(options.directory);
    this.guard = new Guard(options.directory.root);
    this.log = new PartLog(options.directory.logs, 'launcher', () => undefined);
    removeRuntime(options.directory);
  }

  /**
   * Starts every part, prepares what they need, and publishes `runtime.json` last.
   * @throws CommandError when a part cannot be started
   */
  async start(): Promise<Runtime> {
    const context = await this.prepare();
    const { facts } = context;
    const [secrets, , simulated] = await Promise.all([
      this.startPostgres(context),
      this.startTemporal(context),
      this.startSimulator(context),
    ]);
    const complete = { ...context, facts: { ...facts, secrets, ...(simulated && { app: simulated.app }) } };
    await this.step('API and worker', () => Promise.all([this.run(planApi(complete)), this.run(planWorker(complete))]));
    this.described = describeRuntime(this.startedAt, { ...complete.facts, secrets }, simulated?.page);
    return this.publish(this.described);
  }

  /** What `runtime.json` says at this moment. */
  get runtime(): Runtime {
    if (!this.described) throw new Error('The stack has not started.');
    return { ...this.described, pids: this.pids() };
  }

  /** Ends every part and leaves no process behind. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.described = undefined;
    removeRuntime(this.options.directory);
    for (const names of STOP_ORDER) {
      const parts = names.flatMap((name) => this.parts.get(name) ?? []);
      await Promise.all(parts.map((part) => part.stop()));
    }
    await this.guard.close();
    forgetProcesses(this.options.directory);
    this.log.close();
    this.unlock();
  }

  private async prepare(): Promise<PlanContext> {
    const { directory, environment } = this.options;
    markDataVersion(directory);
    const left = await endLeftovers(directory);
    if (left.length > 0) this.say(`Ended what an earlier launcher left running: ${left.join(', ')}`);
    const embedded = embeddedParts(environment);
    const { metaVerifyToken: verifyToken, port } = environment;
    const secrets = { ...loadSecrets(directory.secretsFile), ...(verifyToken !== undefined && { verifyToken }) };
    const reserved = await reservePorts(directory.portsFile, neededPorts(embedded), port);
    const addresses = addressesOf(environment, reserved.ports, secrets.databasePassword);
    return { directory, reserved, facts: { environment, embedded, secrets, addresses, ports: reserved.ports } };
  }

  private async startPostgres(context: PlanContext): Promise<CompleteSecrets> {
    const { addresses, embedded, secrets } = context.facts;
    const { databaseUrl } = addresses;
    if (embedded.postgres) {
      await this.step('Postgres', async () => {
        await this.run(await planPostgres(context));
        await createDatabase(onServer(databaseUrl), 'herald');
      });
    }
    await this.step('Migrations', () => migrateDatabase(databaseUrl));
    return completeSecrets(databaseUrl, secrets, this.options.directory.secretsFile);
  }

  private async startTemporal(context: PlanContext): Promise<void> {
    const { temporalAddress, temporalNamespace } = context.facts.addresses;
    await this.step('Temporal', async () => {
      if (context.facts.embedded.temporal) {
        await this.run(
          await planTemporal(context, (line) => {
            this.say(line);
          }),
        );
      }
      await prepareTemporalNamespace(temporalAddress, temporalNamespace);
    });
  }

  private async startSimulator(context: PlanContext): Promise<SimulatedMeta | undefined> {
    const { simulatorUrl, apiUrl } = context.facts.addresses;
    if (simulatorUrl === undefined) return undefined;
    return this.step('Simulator', async () => {
      await this.run(planSimulator(context, simulatorUrl));
      return makeAppAndPage(simulatorUrl, apiUrl, context.facts.secrets.verifyToken);
    });
  }

  private async run(plan: PartPlan): Promise<void> {
    const { directory, isShown, terminal } = this.options;
    if (this.isStopping) return;
    let hasStarted = false;
    const log = new PartLog(directory.logs, plan.name, (line) => {
      if (hasStarted && !this.isStopping && isShown(plan.name, line))
        terminal.line(`${plan.name.padEnd(9)} ${line.message}`);
    });
    const observer = {
      changed: (): void => {
        this.changed();
      },
      say: (line: string): void => {
        this.say(line);
      },
    };
    const part = new Part(plan, this.guard, log, observer);
    this.parts.set(plan.name, part);
    await part.start();
    hasStarted = true;
  }

  private changed(): void {
    if (this.isStopping) return;
    try {
      recordProcesses(this.options.directory, this.parts.values());
      if (this.described) this.publish(this.described);
    } catch (error) {
      this.say(`What runs could not be written down: ${error instanceof Error ? error.message : String(error)}`);
      clearTimeout(this.writeAgain);
      this.writeAgain = setTimeout(() => {
        this.changed();
      }, WRITE_AGAIN_MS);
    }
  }

  private publish(described: Omit<Runtime, 'pids'>): Runtime {
    const runtime = { ...described, pids: this.pids() };
    writeRuntime(this.options.directory, runtime);
    return runtime;
  }

  private pids(): Pids {
    const running = [...this.parts.values()].flatMap(({ name, identity }) => (identity ? [[name, identity.pid]] : []));
    return { launcher: process.pid, ...(Object.fromEntries(running) as Omit<Pids, 'launcher'>) };
  }

  private step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.log.write(title);
    return this.options.terminal.step(title, work);
  }

  private say(line: string): void {
    this.log.write(line);
    this.options.terminal.line(line);
  }
}

/** The same server, its own database: one cannot be connected to what is yet to be created. */
function onServer(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.pathname = '/postgres';
  return url.toString();
}

async function makeAppAndPage(simulatorUrl: string, apiUrl: string, verifyToken: string): Promise<SimulatedMeta> {
  const control = new SimulatorControl(simulatorUrl);
  const app = await control.appFor(`${apiUrl}/webhooks/meta`, verifyToken);
  return { app, page: await control.firstPage() };
}
