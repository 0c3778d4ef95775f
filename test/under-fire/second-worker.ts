import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { loadSecrets } from '../../src/cli/launcher/secrets';
import { waitUntil } from '../../src/cli/launcher/wait-until';
import type { RunningStack } from '../support/running-stack';

const STOP_MS = 20_000;

/** A worker process beside the one that the launcher runs, as on a second machine. */
export class SecondWorker {
  private constructor(private readonly process: ChildProcess) {}

  static start(stack: RunningStack): SecondWorker {
    const runtime = stack.runtime();
    const { encryptionRing, lookupKey } = loadSecrets(join(stack.directory, 'secrets.json'));
    const env = {
      ...process.env,
      HERALD_SANDBOX: '1',
      HERALD_KEYS: encryptionRing,
      HERALD_LOOKUP_KEY: lookupKey,
      DATABASE_URL: runtime.databaseUrl,
      TEMPORAL_ADDRESS: runtime.temporalAddress,
      TEMPORAL_NAMESPACE: runtime.temporalNamespace,
      GRAPH_API_URL: runtime.simulatorUrl,
      META_APP_SECRETS: `${runtime.metaAppId ?? ''}:${runtime.metaAppSecret ?? ''}`,
      META_VERIFY_TOKEN: runtime.metaVerifyToken,
    };
    return new SecondWorker(
      spawn(process.execPath, [resolve('dist/src/worker.js'), `--stack=${stack.directory}`], { env, stdio: 'ignore' }),
    );
  }

  async stop(): Promise<void> {
    const hasEnded = (): boolean => this.process.exitCode !== null || this.process.signalCode !== null;
    this.process.kill('SIGTERM');
    if (!(await waitUntil(hasEnded, STOP_MS))) this.process.kill('SIGKILL');
  }
}
