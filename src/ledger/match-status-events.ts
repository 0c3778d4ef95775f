import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { keyIs } from '../persistence/key-is';

/** Meta's later word on a message; times in milliseconds (UTC). */
export interface StatusEvent {
  readonly inboxId: string;
  readonly pageId: string;
  readonly state: 'accepted' | 'delivered' | 'read' | 'clicked' | 'failed';
  readonly trackingId: string | null;
  /** Keyed hash of the token, hex. */
  readonly tokenHash: string | null;
  readonly metaCampaignId: string | null;
  readonly atMs: number;
}

/** A status event and the send it speaks of. */
export interface MatchedStatus {
  readonly event: StatusEvent;
  readonly campaignId: string;
  readonly sendId: string;
}

/** An event is this much allowed to be older than the send's begin: clocks differ (protocol §7.4). */
const CLOCK_SLACK_MS = 120_000;

/**
 * By tracking id, else by token and campaign the newest send that can be meant: a delivery may overtake the settle. Each
 * event looks its own up: joined plainly, a table that Postgres takes for small is read whole for every group of events.
 * `OFFSET 0` keeps it from making such a join of the look-up.
 */
const MATCH = `
WITH event AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($2::jsonb)
    AS t (inbox_id uuid, page_id uuid, tracking_id text, token_hash text, meta_campaign_id text, before timestamptz)
), tracked AS (
  SELECT e.inbox_id, found.campaign_id, found.id FROM event e
    CROSS JOIN LATERAL (
      SELECT s.campaign_id, s.id FROM sends s
       WHERE s.workspace_id = $1 AND s.page_id = e.page_id AND s.tracking_id = e.tracking_id OFFSET 0) found
), by_token AS (
  SELECT e.inbox_id, found.campaign_id, found.id FROM event e
    JOIN subscriber_tokens t ON t.workspace_id = $1 AND ${keyIs('t.page_id', 'e.page_id')}
     AND ${keyIs('t.hash', "decode(e.token_hash, 'hex')")}
    JOIN campaigns c ON c.workspace_id = $1 AND c.meta_campaign_id = e.meta_campaign_id
    CROSS JOIN LATERAL (
      SELECT s.campaign_id, s.id FROM sends s
       WHERE s.workspace_id = $1 AND s.campaign_id = c.id AND s.subscriber_id = t.subscriber_id
         AND s.begun_at IS NOT NULL AND s.begun_at <= e.before
         AND (s.tracking_id IS NULL OR e.tracking_id IS NULL OR s.tracking_id = e.tracking_id)
       ORDER BY s.begun_at DESC LIMIT 1) found
   WHERE e.inbox_id NOT IN (SELECT inbox_id FROM tracked)
)
SELECT inbox_id, campaign_id, id FROM tracked UNION ALL SELECT inbox_id, campaign_id, id FROM by_token`;

/** Finds the sends of status events; an event without one is left out. */
export async function matchStatusEvents(
  manager: EntityManager,
  workspaceId: string,
  events: readonly StatusEvent[],
): Promise<MatchedStatus[]> {
  const found = await rows<{ inbox_id: string; campaign_id: string; id: string }>(manager, MATCH, [
    workspaceId,
    JSON.stringify(events.map(toJson)),
  ]);
  const sendOf = new Map(found.map((row) => [row.inbox_id, row]));
  return events.flatMap((event) => {
    const send = sendOf.get(event.inboxId);
    return send === undefined ? [] : [{ event, campaignId: send.campaign_id, sendId: send.id }];
  });
}

const toJson = (event: StatusEvent): Record<string, unknown> => ({
  inbox_id: event.inboxId,
  page_id: event.pageId,
  tracking_id: event.trackingId,
  token_hash: event.tokenHash,
  meta_campaign_id: event.metaCampaignId,
  before: new Date(event.atMs + CLOCK_SLACK_MS).toISOString(),
});
