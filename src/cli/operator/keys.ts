import { IsNull } from 'typeorm';
import { ApiKeyEntity } from '../../persistence/entities';
import { createApiKey, SCOPES, type Scope } from '../../workspaces/workspace-admin';
import { CommandError } from '../command-error';
import type { Connection } from './connection';
import { printList, printOne } from './print';

const COLUMNS = ['id', 'name', 'prefix', 'scopes', 'lastUsedAt', 'createdAt'];

/**
 * Makes a key; its secret is shown this once.
 * @param scopes - comma-separated
 */
export async function createKey(
  connection: Connection,
  key: { readonly workspaceId: string; readonly name: string; readonly scopes: string },
  asJson: boolean,
): Promise<void> {
  const scopes = key.scopes.split(',').map(parseScope);
  const { id, secret } = await connection.asOwner((dataSource) =>
    createApiKey(dataSource, key.workspaceId, { name: key.name, scopes }),
  );
  printOne({ id, name: key.name, scopes, secret }, asJson);
}

export async function listKeys(connection: Connection, workspaceId: string, asJson: boolean): Promise<void> {
  const keys = await connection.asOwner((dataSource) =>
    dataSource.getRepository(ApiKeyEntity).find({ where: { workspaceId, revokedAt: IsNull() }, order: { id: 'ASC' } }),
  );
  const shown = keys.map(({ id, name, prefix, scopes, lastUsedAt, createdAt }) => ({
    id,
    name,
    prefix: `hrld_${prefix}`,
    scopes,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }));
  printList(shown, COLUMNS, asJson);
}

/** @throws CommandError when there is no such key */
export async function revokeKey(
  connection: Connection,
  workspaceId: string,
  id: string,
  asJson: boolean,
): Promise<void> {
  const revokedAt = new Date();
  const { affected } = await connection.asOwner((dataSource) =>
    dataSource.getRepository(ApiKeyEntity).update({ id, workspaceId, revokedAt: IsNull() }, { revokedAt }),
  );
  if (affected !== 1) throw new CommandError(`There is no key ${id}: \`key list\` shows those there are.`);
  printOne({ id, revokedAt: revokedAt.toISOString() }, asJson);
}

function parseScope(text: string): Scope {
  const scope = SCOPES.find((candidate) => candidate === text.trim());
  if (scope === undefined) throw new CommandError(`There is no scope ${text}: choose from ${SCOPES.join(', ')}.`);
  return scope;
}
