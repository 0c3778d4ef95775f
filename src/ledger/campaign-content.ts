import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import { uuidV7 } from '../security/uuid-v7';

/** What contents are sealed and compared with. */
export interface ContentKeys {
  readonly envelope: Envelope;
  readonly lookupHash: LookupHash;
}

/** The same content whatever the order of its keys: what R-27 compares. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/**
 * Stores contents of a campaign once each, compared before variables.
 *
 * @returns the message ids, in the order of the contents
 */
export async function storeContents(
  manager: EntityManager,
  keys: ContentKeys,
  scope: { readonly workspaceId: string; readonly campaignId: string },
  contents: readonly JsonObject[],
): Promise<string[]> {
  const keyOf = new Map([...new Set(contents)].map((content) => [content, keyed(keys, scope.campaignId, content)]));
  const wanted = contents.map((content) => keyOf.get(content) ?? keyed(keys, scope.campaignId, content));
  const distinct = [...new Map(wanted.map((one) => [one.hex, one])).values()];
  if (distinct.length === 0) return [];
  const fresh = distinct.map((one) => ({ ...one, id: uuidV7() }));
  await rows(
    manager,
    `INSERT INTO campaign_messages (id, workspace_id, campaign_id, content_key, content_sealed)
     SELECT id, $1, $2, content_key, content_sealed
       FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS t (id, content_key, content_sealed) ORDER BY content_key
     ON CONFLICT (campaign_id, content_key) DO NOTHING`,
    [
      scope.workspaceId,
      scope.campaignId,
      fresh.map((one) => one.id),
      fresh.map((one) => one.key),
      fresh.map((one) => seal(keys, one.id, one.content)),
    ],
  );
  const stored = await rows<{ id: string; key: string }>(
    manager,
    `SELECT id, encode(content_key, 'hex') AS key FROM campaign_messages
      WHERE workspace_id = $1 AND campaign_id = $2 AND content_key = ANY($3)`,
    [scope.workspaceId, scope.campaignId, distinct.map((one) => one.key)],
  );
  const idOf = new Map(stored.map((row) => [row.key, row.id]));
  return wanted.map((one) => idOf.get(one.hex) ?? '');
}

/** Most recipients of a call share one content, which is compared once. */
function keyed({ lookupHash }: ContentKeys, campaignId: string, content: JsonObject): KeyedContent {
  const key = lookupHash.of('content', canonicalJson(content), campaignId);
  return { content, key, hex: key.toString('hex') };
}

interface KeyedContent {
  readonly content: JsonObject;
  readonly key: Buffer;
  readonly hex: string;
}

/** Stores the content of a single message or a step: its key is its own id, so R-27 does not bind it. */
export async function storeOwnContent(
  manager: EntityManager,
  keys: ContentKeys,
  scope: { readonly workspaceId: string; readonly campaignId: string },
  content: JsonObject,
): Promise<string> {
  const id = uuidV7();
  await rows(
    manager,
    `INSERT INTO campaign_messages (id, workspace_id, campaign_id, content_key, content_sealed) VALUES ($1, $2, $3, $4, $5)`,
    [id, scope.workspaceId, scope.campaignId, keys.lookupHash.of('content', id), seal(keys, id, content)],
  );
  return id;
}

const seal = ({ envelope }: ContentKeys, id: string, content: JsonObject): Buffer =>
  envelope.seal(JSON.stringify(content), `campaign_messages.content:${id}`);
