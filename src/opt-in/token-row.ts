import type { EntityManager } from 'typeorm';
import type { SubscriberIds, TokenHandle } from '../../activities/subscriber.ports';
import { carrySpacing } from '../ledger/carry-spacing';
import { isoOrNull, msOrNull } from '../ledger/moments';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { uuidV7 } from '../security/uuid-v7';

/** A token, the keyed hash by which it is found, and the person with whom it stands so far. */
export interface TokenPlace {
  readonly token: string;
  readonly hash: Buffer;
  readonly owner: string | null;
}

/** @returns the person with whom a token stands now, null when nobody has it */
export async function ownerOfToken(
  manager: EntityManager,
  { workspaceId, pageId }: SubscriberIds,
  hash: Buffer,
): Promise<string | null> {
  const [stored] = await rows<{ subscriber_id: string }>(
    manager,
    'SELECT subscriber_id FROM subscriber_tokens WHERE workspace_id = $1 AND page_id = $2 AND hash = $3',
    [workspaceId, pageId, hash],
  );
  return stored?.subscriber_id ?? null;
}

/** A token to keep; without a place the one the person had goes on. */
export interface TokenToKeep {
  readonly place: TokenPlace | null;
  /** Whether no newer opt-in of the person is known. */
  readonly isNewest: boolean;
  readonly expiresAtMs: number | null;
}

/**
 * Gives a locked person their token: one a person and Page. The same token again is made active again; an older
 * one than the person has changes nothing.
 */
export async function keepToken(
  manager: EntityManager,
  envelope: Envelope,
  ids: SubscriberIds,
  { place, isNewest, expiresAtMs }: TokenToKeep,
): Promise<void> {
  if (!isNewest && (await activeToken(manager, ids)) !== null) return;
  const tokenId =
    place === null ? await reviveToken(manager, ids) : await writeToken(manager, envelope, ids, place, expiresAtMs);
  if (tokenId === null) return;
  await takeFromOwner(manager, ids, place?.owner ?? null, tokenId);
  await useToken(manager, ids, tokenId);
}

/** A token that stood with another row, for instance of an import, is this person's from now on, with its spacing. */
async function takeFromOwner(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  owner: string | null,
  tokenId: string,
): Promise<void> {
  if (owner === null || owner === subscriberId) return;
  await rows(
    manager,
    'UPDATE subscribers SET token_id = NULL, rev = rev + 1 WHERE workspace_id = $1 AND id = $2 AND token_id = $3',
    [workspaceId, owner, tokenId],
  );
  await carrySpacing(manager, workspaceId, [{ from: owner, to: subscriberId }]);
}

async function writeToken(
  manager: EntityManager,
  envelope: Envelope,
  { workspaceId, pageId, subscriberId }: SubscriberIds,
  { token, hash }: TokenPlace,
  expiresAtMs: number | null,
): Promise<string | null> {
  const [written] = await rows<{ id: string }>(
    manager,
    `INSERT INTO subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'opt_in', $7)
     ON CONFLICT (page_id, hash) DO UPDATE SET subscriber_id = EXCLUDED.subscriber_id, state = 'active',
       ended_reason = NULL, ended_at = NULL, expires_at = COALESCE(EXCLUDED.expires_at, subscriber_tokens.expires_at)
     WHERE subscriber_tokens.workspace_id = $2
     RETURNING id`,
    [
      uuidV7(),
      workspaceId,
      pageId,
      subscriberId,
      hash,
      envelope.seal(token, `subscriber_tokens.token:${pageId}`),
      isoOrNull(expiresAtMs),
    ],
  );
  return written?.id ?? null;
}

/** A resumed subscription names no token: it is the newest the person had. */
async function reviveToken(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
): Promise<string | null> {
  const [revived] = await rows<{ id: string }>(
    manager,
    `UPDATE subscriber_tokens SET state = 'active', ended_reason = NULL, ended_at = NULL
      WHERE workspace_id = $1 AND id = (SELECT id FROM subscriber_tokens
                                         WHERE workspace_id = $1 AND subscriber_id = $2 ORDER BY id DESC LIMIT 1)
      RETURNING id`,
    [workspaceId, subscriberId],
  );
  return revived?.id ?? null;
}

/** Sends take this token from now on; whatever else the person had ends. */
async function useToken(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
  tokenId: string,
): Promise<void> {
  await rows(
    manager,
    `UPDATE subscribers SET token_id = $3, rev = rev + 1, updated_at = now()
      WHERE workspace_id = $1 AND id = $2 AND token_id IS DISTINCT FROM $3`,
    [workspaceId, subscriberId, tokenId],
  );
  await rows(
    manager,
    `UPDATE subscriber_tokens SET state = 'ended', ended_reason = 'replaced', ended_at = now()
      WHERE workspace_id = $1 AND subscriber_id = $2 AND id <> $3 AND state = 'active'`,
    [workspaceId, subscriberId, tokenId],
  );
}

/** @returns the token that sends to this person use, by its id */
export async function activeToken(
  manager: EntityManager,
  { workspaceId, subscriberId }: SubscriberIds,
): Promise<TokenHandle | null> {
  const [stored] = await rows<{ id: string; lane: string; expires_at: Date | null }>(
    manager,
    `SELECT t.id, t.lane, t.expires_at FROM subscribers s
       JOIN subscriber_tokens t ON t.id = s.token_id AND t.workspace_id = $1 AND t.state = 'active'
      WHERE s.workspace_id = $1 AND s.id = $2`,
    [workspaceId, subscriberId],
  );
  if (stored === undefined) return null;
  return { tokenId: stored.id, lane: stored.lane, expiresAt: isoOrNull(msOrNull(stored.expires_at)) };
}
