import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SimulatedPage, Stack } from '../support/stack';

const run = promisify(execFile);

/** Where a reader's stack would keep its state: a data directory of which only `runtime.json` is there. */
export interface ReadersStack {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Makes a Page at Meta that nobody has connected yet, and describes the stack as `npm run up` would. */
export async function readersStack(stack: Stack): Promise<ReadersStack> {
  const page = (await stack.control('POST', 'pages', {
    name: 'Lantern & Loom',
    country: 'US',
    currency: 'USD',
    timeZone: 'America/New_York',
  })) as SimulatedPage;
  const folder = mkdtempSync(join(tmpdir(), 'herald-examples-'));
  const apiUrl = stack.config.http.publicUrl;
  const runtime = {
    apiUrl,
    apiKey: stack.key,
    simulatorUrl: stack.simulator.url,
    simulator: { ...page, pageId: page.id },
  };
  writeFileSync(join(folder, 'runtime.json'), JSON.stringify(runtime));
  return {
    folder,
    environment: { ...process.env, HERALD_DATA: folder, HERALD_API_URL: apiUrl, HERALD_API_KEY: stack.key },
  };
}

/**
 * Runs a script in bash, from the root of the repository.
 *
 * @returns what it printed
 * @throws when its exit code is not 0; the error carries what it printed
 */
export async function bash(args: readonly string[], { environment }: ReadersStack): Promise<string> {
  const { stdout } = await run('bash', [...args], { env: environment, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}
