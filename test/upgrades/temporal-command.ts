import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTemporalBinary } from '../../src/cli/launcher/temporal-binary';
import { loadLauncherEnvironment } from '../../src/config/launcher-environment';

const execute = promisify(execFile);

const runningOn = (buildId: string): string =>
  `TemporalWorkerDeploymentVersion = 'herald:${buildId}' AND ExecutionStatus = 'Running'`;

/** What docs/operations.md has an operator type: the official `temporal` program against one namespace. */
export class TemporalCommand {
  constructor(
    private readonly address: string,
    private readonly namespace: string,
  ) {}

  /** Sends new workflows, and those that hand over, to the workers of a build. */
  async makeCurrent(buildId: string): Promise<void> {
    const version = ['--deployment-name', 'herald', '--build-id', buildId];
    await this.run('worker', 'deployment', 'set-current-version', ...version, '--yes');
  }

  /** How many workflows still run on a build. */
  async countOn(buildId: string): Promise<number> {
    const answer = await this.run('workflow', 'count', '--query', runningOn(buildId));
    return Number(/Total: (\d+)/.exec(answer)?.[1]);
  }

  /** Has every workflow on a build look at its record, and so hand over. */
  async refreshAllOn(buildId: string): Promise<void> {
    const toAll = ['--query', runningOn(buildId), '--reason', 'upgrade', '--yes'];
    await this.run('workflow', 'signal', ...toAll, '--name', 'refresh');
  }

  /** Ends whatever was left on a build that has no workers any more. */
  async terminateAllOn(buildId: string): Promise<void> {
    await this.run('workflow', 'terminate', '--query', runningOn(buildId), '--reason', 'no workers', '--yes');
  }

  /** @returns what the command prints @throws Error when it fails */
  private async run(...words: readonly string[]): Promise<string> {
    const binary = await findTemporalBinary(loadLauncherEnvironment(), () => undefined);
    const { stdout } = await execute(binary, [...words, '--address', this.address, '--namespace', this.namespace]);
    return stdout;
  }
}
