import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { WorkerProgram } from '../../src/worker-program';
import type { Stack } from '../support/stack';

/** A worker beside the stack's own, of a build of its own. */
export class WorkerOfABuild {
  private readonly running: Promise<void>;

  private constructor(private readonly program: WorkerProgram) {
    this.running = program.run();
  }

  static start({ config }: Stack, buildId: string, bundlePath: string): WorkerOfABuild {
    const logger = pino({ level: config.logLevel }, process.stderr);
    return new WorkerOfABuild(new WorkerProgram({ ...config, buildId }, bundlePath, logger));
  }

  async stop(): Promise<void> {
    this.program.stop();
    await this.running;
  }
}

/** Bundles workflows that begin with a timer which no history of the present code has. */
export async function bundleChangedWorkflows(path: string): Promise<void> {
  const workflowsPath = require.resolve('../replay/changed');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  writeFileSync(path, code);
}
