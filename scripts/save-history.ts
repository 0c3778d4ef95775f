// node dist/scripts/save-history.js <host:port> <namespace> <workflow id> <name>: saves a workflow's history for replay
import { writeFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

const FOLDER = 'test/replay/histories';

async function main(): Promise<void> {
  const [address, namespace, workflowId, name] = process.argv.slice(2);
  if (address === undefined || namespace === undefined || workflowId === undefined || name === undefined) {
    throw new Error('Give address, namespace, workflow id and a name such as 0.1.0-opt-out.');
  }
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const history = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
    await writeFile(`${FOLDER}/${name}.json`, `${JSON.stringify(JSON.parse(history, withoutMachines), null, 1)}\n`);
  } finally {
    await connection.close();
  }
}

/** Identities, sticky queues and stack traces name the machine that ran it; replay needs none of them. */
function withoutMachines(key: string, value: unknown): unknown {
  if (key === 'identity' || key === 'stackTrace') return '';
  if (key === 'taskQueue' && (value as { kind?: unknown }).kind === 'TASK_QUEUE_KIND_STICKY') {
    return { ...(value as object), name: 'sticky' };
  }
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
