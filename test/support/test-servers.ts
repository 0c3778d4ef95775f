import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { anyFreePorts } from '../../src/cli/launcher/ports';
import { identify } from '../../src/cli/launcher/process-identity';
import { findTemporalBinary } from '../../src/cli/launcher/temporal-binary';
import { prepareTemporalNamespace } from '../../src/cli/launcher/temporal-namespace';
import { acceptsConnections, temporalServer } from '../../src/cli/launcher/temporal-server';
import { TemporaryServers } from '../../src/cli/launcher/temporary-servers';
import { loadLauncherEnvironment } from '../../src/config/launcher-environment';

/** Namespace of all workflows under test. */
const TEST_NAMESPACE = 'herald';

/** The database that every test database is a copy of. */
export const TEMPLATE_DATABASE = 'herald_template';

const RUNS = resolve('.herald/test');

/** The servers of one test run; they end with this process, however it ends. */
export class TestServers {
  /** Files of this run. */
  readonly folder = join(RUNS, String(process.pid));
  private readonly servers: TemporaryServers;

  constructor() {
    removeFinishedRuns();
    mkdirSync(this.folder, { recursive: true });
    this.servers = new TemporaryServers(this.folder);
  }

  /** @returns the owner's address of the empty template database */
  startPostgres(): Promise<string> {
    return this.servers.startPostgres(TEMPLATE_DATABASE);
  }

  /** @returns where Temporal answers: host:port, and the port of its metrics */
  async startTemporal(): Promise<{ address: string; metricsPort: number }> {
    const binary = await findTemporalBinary(loadLauncherEnvironment(), (line) => {
      process.stderr.write(`${line}\n`);
    });
    const [frontend = 0, metrics = 0] = await anyFreePorts(2);
    const ports = { frontend, metrics };
    const server = temporalServer(binary, TEST_NAMESPACE, ports);
    await this.servers.start(server, 'SIGTERM', () => acceptsConnections(ports.frontend));
    const address = `127.0.0.1:${ports.frontend}`;
    await prepareTemporalNamespace(address, TEST_NAMESPACE);
    return { address, metricsPort: ports.metrics };
  }

  /** Some hundred databases are a hundred thousand files: nobody waits until they are gone. */
  async stop(): Promise<void> {
    await this.servers.stop();
    spawn('rm', ['-rf', this.folder], { detached: true, stdio: 'ignore' }).unref();
  }
}

/** A run that was killed leaves its folder, named after its process. */
function removeFinishedRuns(): void {
  mkdirSync(RUNS, { recursive: true });
  for (const name of readdirSync(RUNS)) {
    if (!identify(Number(name))) rmSync(join(RUNS, name), { recursive: true, force: true });
  }
}
