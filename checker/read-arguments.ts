import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CheckSource } from './check-run';

export const USAGE = `Usage: npm run checker -- --data DIR [--json]
       npm run checker -- --simulator URL --database OWNER_URL --lookup-key BASE64 [--json]`;

/** What the command line asks for; without a source it is not understood. */
interface Arguments {
  readonly source: CheckSource | null;
  readonly isJson: boolean;
}

/** The directory that \`npm run up\` uses when none is named. */
const DEFAULT_DATA_DIRECTORY = '.herald';

/** @throws Error when an option is unknown, or nothing runs on the directory */
export function readArguments(words: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      data: { type: 'string' },
      simulator: { type: 'string' },
      database: { type: 'string' },
      'lookup-key': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const { simulator, database, 'lookup-key': lookupKey } = values;
  const named = [simulator, database, lookupKey].filter((value) => value !== undefined);
  const isJson = values.json ?? false;
  if (named.length === 0) return { source: sourceOf(values.data ?? DEFAULT_DATA_DIRECTORY), isJson };
  if (simulator === undefined || database === undefined || lookupKey === undefined) return { source: null, isJson };
  return { source: { simulatorUrl: simulator, databaseUrl: database, lookupKey }, isJson };
}

/** The addresses of a running stack: `runtime.json` is what anyone outside may rely on (contract §1). */
function sourceOf(directory: string): CheckSource {
  const runtime = readJson(join(directory, 'runtime.json')) as { simulatorUrl: string; databaseUrl: string };
  const { lookupKey } = readJson(join(directory, 'secrets.json')) as { lookupKey: string };
  return { simulatorUrl: runtime.simulatorUrl, databaseUrl: runtime.databaseUrl, lookupKey };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
