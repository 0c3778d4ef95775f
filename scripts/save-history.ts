// node dist/scripts/save-history.js <host:port> <namespace> <workflow id> <name>: saves a workflow's history for replay
import { writeFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { historyText } from './history-text';

const FOLDER = 'test/replay/histories';

async function main(): Promise<void> {
  const [address, namespace, workflowId, name] = process.argv.slice(2);
  if (address === undefined || namespace === undefined || workflowId === undefined || name === undefined) {
    throw new Error('Give address, namespace, workflow id and a name such as 0.1.0-opt-out.');
  }
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await writeFile(`${FOLDER}/${name}.json`, historyText(history));
  } finally {
    await connection.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
