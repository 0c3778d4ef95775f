import { checkRun, formatReport, type CheckReport } from '../../checker/check-run';
import { ApiClient } from '../../src/cli/api-client';
import { dataDirectoryAt } from '../../src/cli/launcher/data-directory';
import { readRuntime } from '../../src/cli/launcher/runtime-file';
import { loadSecrets } from '../../src/cli/launcher/secrets';
import { waitUntil } from '../../src/cli/launcher/wait-until';

/** What is due is done by then; evidence that grows while it is read says of the newest of it that it is missing. */
const QUIET_MS = 60_000;

/** Has the checker read the evidence of the stack that runs on a directory, once it is quiet, and prints what it found. */
export async function judge(directory: string): Promise<CheckReport> {
  const data = dataDirectoryAt(directory);
  const { databaseUrl, simulatorUrl = '', apiUrl, apiKey } = readRuntime(data);
  const api = new ApiClient(apiUrl, apiKey);
  const isQuiet = async (): Promise<boolean> =>
    (await api.get<{ status: string }>('/v1/sandbox/clock')).status === 'ready';
  if (!(await waitUntil(isQuiet, QUIET_MS))) throw new Error('The stack does not come to rest.');
  return judgeBy({ simulatorUrl, databaseUrl, lookupKey: loadSecrets(data.secretsFile).lookupKey });
}

/** Has the checker read the evidence of a run, and prints what it found. */
export async function judgeBy(source: Parameters<typeof checkRun>[0]): Promise<CheckReport> {
  const report = await checkRun(source);
  process.stdout.write(`${formatReport(report)}\n`);
  return report;
}
