import { join } from 'node:path';
import { checkRun, formatReport, type CheckReport } from '../../checker/check-run';
import { loadSecrets } from '../../src/cli/launcher/secrets';
import type { RunningStack } from '../support/running-stack';

/** Has the checker read the evidence of a stack's run, and prints what it found. */
export function judge(stack: RunningStack): Promise<CheckReport> {
  return judgeBy({
    simulatorUrl: stack.simulatorUrl,
    databaseUrl: stack.runtime().databaseUrl,
    lookupKey: loadSecrets(join(stack.directory, 'secrets.json')).lookupKey,
  });
}

/** Has the checker read the evidence of a run, and prints what it found. */
export async function judgeBy(source: Parameters<typeof checkRun>[0]): Promise<CheckReport> {
  const report = await checkRun(source);
  process.stdout.write(`${formatReport(report)}\n`);
  return report;
}
