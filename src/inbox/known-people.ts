import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';

/** By what Meta names somebody; hashes in hex, at least one of the two. */
export interface MetaName {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly psidHash: string | undefined;
  readonly tokenHash: string | undefined;
}

/** One PSID at one Page; equal for nobody else. */
export const psidKey = ({ pageId, psidHash }: MetaName): string => `${pageId}:${psidHash ?? ''}`;
/** One token at one Page; equal for nobody else. */
export const tokenKey = ({ pageId, tokenHash }: MetaName): string => `${pageId}:${tokenHash ?? ''}`;

/** @returns subscriber ids by `psidKey` */
export function findByPsid(manager: EntityManager, names: readonly MetaName[]): Promise<Map<string, string>> {
  const named = names.filter(({ psidHash }) => psidHash !== undefined);
  return find(manager, `subscriber_identities k ON k.kind = 'psid'`, named, ({ psidHash }) => psidHash);
}

/** @returns subscriber ids by `tokenKey` */
export function findByToken(manager: EntityManager, names: readonly MetaName[]): Promise<Map<string, string>> {
  const named = names.filter(({ tokenHash }) => tokenHash !== undefined);
  return find(manager, 'subscriber_tokens k ON true', named, ({ tokenHash }) => tokenHash);
}

/** A row that a hash led to. */
export interface HashRow {
  readonly page_id: string;
  readonly hash: Buffer;
  readonly subscriber_id: string;
}

/** @returns subscriber ids by Page and hash */
export const bySubscriber = (found: readonly HashRow[]): Map<string, string> =>
  new Map(found.map((row) => [`${row.page_id}:${row.hash.toString('hex')}`, row.subscriber_id]));

async function find(
  manager: EntityManager,
  join: string,
  named: readonly MetaName[],
  hashOf: (name: MetaName) => string | undefined,
): Promise<Map<string, string>> {
  if (named.length === 0) return new Map();
  const found = await rows<HashRow>(
    manager,
    `SELECT DISTINCT k.page_id, k.hash, k.subscriber_id
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (workspace_id, page_id, hash)
       JOIN ${join} AND k.workspace_id = n.workspace_id AND k.page_id = n.page_id AND k.hash = decode(n.hash, 'hex')`,
    [named.map((name) => name.workspaceId), named.map((name) => name.pageId), named.map(hashOf)],
  );
  return bySubscriber(found);
}
