import type { DataSource } from 'typeorm';
import { ApiKeyEntity, WorkspaceEntity } from '../persistence/entities';
import { generateApiKey } from '../security/api-key-secret';
import { uuidV7 } from '../security/uuid-v7';
import type { Scope } from './scopes';

export { SCOPES, type Scope } from './scopes';

/** Makes a tenant; runs under the owner's connection, for no role of the API may. */
export async function createWorkspace(dataSource: DataSource, name: string): Promise<{ id: string }> {
  const id = uuidV7();
  await dataSource.getRepository(WorkspaceEntity).insert({ id, name });
  return { id };
}

/** Makes a key; its secret is in this answer and nowhere else. */
export async function createApiKey(
  dataSource: DataSource,
  workspaceId: string,
  key: { readonly name: string; readonly scopes: readonly Scope[] },
): Promise<{ id: string; secret: string }> {
  const id = uuidV7();
  const { text, prefix, hash } = generateApiKey();
  await dataSource
    .getRepository(ApiKeyEntity)
    .insert({ id, workspaceId, name: key.name, prefix, secretHash: hash, scopes: [...key.scopes] });
  return { id, secret: text };
}
