import type { EntityManager } from 'typeorm';
import type { PageEntity } from '../persistence/entities';
import { rows } from '../persistence/database';

/** How a Page stands while Meta is asked to send its webhooks: not connected yet, and nothing is sent for it. */
const TO_COME = { restriction: 'page_blocked', restrictionReason: 'connecting' } as const;

/** What a Page's row needs to be written before Meta was asked. */
export type PageToCome = Pick<
  PageEntity,
  'id' | 'workspaceId' | 'metaPageId' | 'platform' | 'tokenSealed' | 'name' | 'country' | 'currency' | 'timeZone'
>;

const ANNOUNCE = `
INSERT INTO pages (id, workspace_id, meta_page_id, platform, token_sealed, name, country, currency, time_zone,
                   restriction, restriction_reason, disconnected_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
ON CONFLICT (workspace_id, meta_page_id) DO UPDATE SET updated_at = now()
  WHERE pages.disconnected_at IS NOT NULL AND pages.restriction_reason = $11`;

const WITHDRAW = `
DELETE FROM pages
 WHERE workspace_id = $1 AND meta_page_id = $2 AND disconnected_at IS NOT NULL AND restriction_reason = $3`;

/**
 * Lets ingestion know of a Page before Meta sends its first webhook: until it is connected Meta is asked to send its
 * events again, so that nobody's opt-out falls between the subscription and the row. One that was connected before is
 * known already and stays as it is.
 */
export async function announcePage(manager: EntityManager, page: PageToCome): Promise<void> {
  const { id, workspaceId, metaPageId, platform, tokenSealed, name, country, currency, timeZone } = page;
  const facts = [id, workspaceId, metaPageId, platform, tokenSealed, name, country, currency, timeZone];
  await rows(manager, ANNOUNCE, [...facts, TO_COME.restriction, TO_COME.restrictionReason]);
}

/** Takes back what was announced; a Page that somebody else has connected meanwhile stays. */
export async function withdrawPage(
  manager: EntityManager,
  { workspaceId, metaPageId }: Pick<PageEntity, 'workspaceId' | 'metaPageId'>,
): Promise<void> {
  await rows(manager, WITHDRAW, [workspaceId, metaPageId, TO_COME.restrictionReason]);
}
