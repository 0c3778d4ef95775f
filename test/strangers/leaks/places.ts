import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client as TemporalClient } from '@temporalio/client';
import type { Client as PostgresClient } from 'pg';
import type { Straw } from './secrets';

/** All that Temporal keeps of every run: history, memo, search attributes, details, and what is pending. */
export async function historiesOf({ workflow }: TemporalClient): Promise<Straw[]> {
  const straws: Straw[] = [];
  for await (const { workflowId, runId } of workflow.list()) {
    const handle = workflow.getHandle(workflowId, runId);
    const { raw } = await handle.describe();
    const { events } = await handle.fetchHistory();
    straws.push({ where: `workflow ${workflowId}`, text: textsOf({ raw, events, workflowId }) });
  }
  return straws;
}

/** Every row of every table: text as it stands, bytes also as text. */
export async function databaseOf(client: PostgresClient): Promise<Straw[]> {
  const tables = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
  );
  const straws: Straw[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    straws.push(...rows.map((row) => ({ where: `table ${name}`, text: textsOf(row) })));
  }
  return straws;
}

/** The log of every part. */
export function logsOf(directory: string): Straw[] {
  const folder = join(directory, 'logs');
  return readdirSync(folder).map((name) => ({
    where: `log ${name}`,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
}

/** What an address answers, as it is. */
export async function pageAt(url: string): Promise<Straw> {
  return { where: url, text: await (await fetch(url)).text() };
}

/** Every text in a value, one a line; bytes are read in both ways that may make text of them. */
function textsOf(value: unknown): string {
  const texts: string[] = [];
  collect(value, texts);
  return texts.join('\n');
}

function collect(value: unknown, texts: string[]): void {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value);
    texts.push(bytes.toString('utf8'), bytes.toString('latin1'));
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const [name, child] of Object.entries(value)) {
      texts.push(name);
      collect(child, texts);
    }
  } else {
    texts.push(String(value));
  }
}
