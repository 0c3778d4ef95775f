import { createApiKey, createWorkspace, SCOPES } from '../../workspaces/workspace-admin';
import type { Connection } from './connection';
import { printOne } from './print';

/** Makes a tenant and its first key, for without a key nobody could make one. */
export async function createTenant(connection: Connection, name: string, asJson: boolean): Promise<void> {
  const tenant = await connection.asOwner(async (dataSource) => {
    const { id } = await createWorkspace(dataSource, name);
    const key = await createApiKey(dataSource, id, { name: 'first key', scopes: SCOPES });
    return { id, workspaceId: id, name, apiKey: key.secret };
  });
  printOne(tenant, asJson);
}
