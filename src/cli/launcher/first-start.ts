import type { DataSource } from 'typeorm';
import { createDataSource } from '../../persistence/data-source';
import { WorkspaceEntity } from '../../persistence/entities';
import { createApiKey, createWorkspace, SCOPES } from '../../workspaces/workspace-admin';
import { saveSecrets, type StackSecrets } from './secrets';

/** Secrets of a directory that has its workspace and its key. */
export type CompleteSecrets = StackSecrets & Required<Pick<StackSecrets, 'workspaceId' | 'apiKey'>>;

/**
 * Gives a fresh database one workspace and one key with every scope, and remembers them.
 * @param databaseUrl - the owner's
 * @param secretsFile - where they are remembered
 */
export async function completeSecrets(
  databaseUrl: string,
  secrets: StackSecrets,
  secretsFile: string,
): Promise<CompleteSecrets> {
  const dataSource = await createDataSource(databaseUrl, { applicationName: 'herald-launcher', size: 1 }).initialize();
  try {
    if (isComplete(secrets) && (await isKnown(dataSource, secrets))) return secrets;
    const workspace = await createWorkspace(dataSource, 'First workspace');
    const key = await createApiKey(dataSource, workspace.id, { name: 'launcher', scopes: SCOPES });
    const complete = { ...secrets, workspaceId: workspace.id, apiKey: key.secret };
    saveSecrets(secretsFile, complete);
    return complete;
  } finally {
    await dataSource.destroy();
  }
}

function isComplete(secrets: StackSecrets): secrets is CompleteSecrets {
  return secrets.workspaceId !== undefined && secrets.apiKey !== undefined;
}

function isKnown(dataSource: DataSource, { workspaceId }: CompleteSecrets): Promise<boolean> {
  return dataSource.getRepository(WorkspaceEntity).existsBy({ id: workspaceId });
}
