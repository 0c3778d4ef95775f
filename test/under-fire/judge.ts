import { checkRun, formatReport, type CheckReport } from '../../checker/check-run';
import { dataDirectoryAt } from '../../src/cli/launcher/data-directory';
import { readRuntime } from '../../src/cli/launcher/runtime-file';
import { loadSecrets } from '../../src/cli/launcher/secrets';

/** Has the checker read the evidence of the stack that runs on a directory, and prints what it found. */
export function judge(directory: string): Promise<CheckReport> {
  const data = dataDirectoryAt(directory);
  const { databaseUrl, simulatorUrl = '' } = readRuntime(data);
  return judgeBy({ simulatorUrl, databaseUrl, lookupKey: loadSecrets(data.secretsFile).lookupKey });
}

/** Has the checker read the evidence of a run, and prints what it found. */
export async function judgeBy(source: Parameters<typeof checkRun>[0]): Promise<CheckReport> {
  const report = await checkRun(source);
  process.stdout.write(`${formatReport(report)}\n`);
  return report;
}
