import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { CommandError } from '../command-error';
import { waitUntil } from './wait-until';
import { SEARCH_ATTRIBUTES } from '../../../workflows/shared/search-attributes';

const PATIENCE_MS = 20_000;
const RETENTION_MS = 30 * 24 * 60 * 60 * 1000;
const GRPC_NOT_FOUND = 5;

/** Temporal's numbers for the types of search attributes; its package of constants is not one of ours. */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, DATETIME: 6 } as const;
const FLAG_VALUE = { KEYWORD: 'Keyword', DATETIME: 'Datetime' } as const;

/** Herald's search attributes as `--search-attribute` of the development server takes them. */
export const SEARCH_ATTRIBUTE_FLAGS: readonly string[] = Object.values(SEARCH_ATTRIBUTES).map(
  ({ name, type }) => `${name}=${FLAG_VALUE[type]}`,
);

/**
 * Gives a Temporal server what Herald needs: the namespace with 30 days of retention, and the search attributes.
 * Whatever is there already stays. A server that only just started is given time.
 * @param address - host:port
 * @throws CommandError when the server does not answer as one that can be prepared
 */
export async function prepareTemporalNamespace(address: string, namespace: string): Promise<void> {
  let fault: unknown;
  const isPrepared = await waitUntil(async () => {
    try {
      await prepare(address, namespace);
      return true;
    } catch (error) {
      fault = error;
      return false;
    }
  }, PATIENCE_MS);
  if (isPrepared) return;
  throw new CommandError(
    `Temporal at ${address} cannot be prepared (${fault instanceof Error ? fault.message : String(fault)}): see whether it runs and whether TEMPORAL_ADDRESS is right.`,
  );
}

async function prepare(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await keepThirtyDays(connection, namespace);
    await addSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function keepThirtyDays({ workflowService }: Connection, namespace: string): Promise<void> {
  const workflowExecutionRetentionTtl = msToTs(RETENTION_MS);
  if (await namespaceExists({ workflowService }, namespace)) {
    await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
  } else {
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: workflowExecutionRetentionTtl,
    });
  }
}

async function namespaceExists(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
): Promise<boolean> {
  try {
    await workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === GRPC_NOT_FOUND) return false;
    throw error;
  }
}

async function addSearchAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, INDEXED_VALUE_TYPE[type]])),
  });
}
