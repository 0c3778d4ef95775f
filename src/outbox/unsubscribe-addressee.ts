import type { EntityManager } from 'typeorm';
import type { PageAddress } from '../graph-api/calls/page';
import type { UnsubscribeRow } from '../graph-api/calls/unsubscribe';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { OutboxRow } from './outbox-rows';

/** Whom to unsubscribe at which Page, in clear: it lives in memory for one call. */
export interface Addressee {
  readonly page: PageAddress;
  readonly person: UnsubscribeRow;
}

interface StoredAddressee {
  page_id: string;
  meta_page_id: string;
  page_token: Buffer;
  psid: Buffer | null;
  token: Buffer | null;
}

const SELECT = `
SELECT p.id AS page_id, p.meta_page_id, p.token_sealed AS page_token, s.psid_sealed AS psid, t.sealed AS token
  FROM subscribers s
  JOIN pages p ON p.id = s.page_id AND p.workspace_id = s.workspace_id
  LEFT JOIN LATERAL (SELECT sealed FROM subscriber_tokens
                      WHERE subscriber_id = s.id AND workspace_id = s.workspace_id ORDER BY id DESC LIMIT 1) t ON true
 WHERE s.workspace_id = $1 AND s.id = $2 AND s.consent = 'revoked'
   AND NOT EXISTS (SELECT FROM consent_events c
                    WHERE c.workspace_id = $1 AND c.subscriber_id = s.id AND c.kind = 'opt_in' AND c.applied
                      AND c.occurred_at > s.consent_at)`;

/**
 * Finds by what Meta knows somebody who left: the PSID, or the token of somebody from a contact list. Whoever opted in
 * again is left alone, also while their workflow has still to store it (consent is a register, protocol §7.3).
 *
 * @returns null for nobody
 */
export async function readAddressee(
  manager: EntityManager,
  envelope: Envelope,
  { workspaceId, ownerId }: OutboxRow,
): Promise<Addressee | null> {
  const [stored] = await rows<StoredAddressee>(manager, SELECT, [workspaceId, ownerId]);
  const person = stored && personOf(stored, envelope);
  if (stored === undefined || person === undefined) return null;
  const pageToken = envelope.open(stored.page_token, `pages.token:${stored.page_id}`).toString('utf8');
  return { page: { metaPageId: stored.meta_page_id, pageToken }, person };
}

function personOf({ page_id: pageId, psid, token }: StoredAddressee, envelope: Envelope): UnsubscribeRow | undefined {
  if (psid !== null) return { psid: envelope.open(psid, `subscribers.psid:${pageId}`).toString('utf8') };
  if (token === null) return undefined;
  return { subscriptionToken: envelope.open(token, `subscriber_tokens.token:${pageId}`).toString('utf8') };
}
