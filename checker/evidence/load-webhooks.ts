import type { Client } from 'pg';
import { readList } from './control-api';

/** One attempt to deliver one event, as `GET /__sim/webhooks` shows it. */
export interface WebhookAttempt {
  readonly at: string;
  readonly wallAt: string;
  readonly pageId: string;
  readonly field: string;
  readonly eventId: string;
  /** 0: no answer. */
  readonly status: number;
}

/** Which kinds of rows the events of a field become. */
const FAMILIES: readonly (readonly [family: string, fields: readonly string[], kinds: readonly string[]])[] = [
  ['message', ['messages'], ['message']],
  ['postback', ['messaging_postbacks'], ['postback']],
  ['reaction', ['message_reactions'], ['reaction']],
  ['referral', ['messaging_referrals'], ['referral']],
  ['consent', ['messaging_optins', 'messaging_optouts'], ['opt_in', 'opt_in_stop', 'opt_in_resume']],
  ['echo', ['message_echoes'], ['echo']],
  ['delivery', ['message_deliveries'], ['delivery']],
  ['reading', ['message_reads'], ['read']],
  ['paid echo', ['marketing_message_echoes'], ['mm_echo']],
  ['paid delivery', ['marketing_message_deliveries'], ['mm_delivery']],
  ['paid reading', ['marketing_message_reads'], ['mm_read']],
  ['paid click', ['marketing_message_clicks'], ['mm_click']],
  ['paid failure', ['marketing_message_delivery_failed'], ['mm_failed']],
];

const TABLES = `
CREATE TEMP TABLE webhook (
  at timestamptz, wall_at timestamptz, meta_page_id text, family text, event_id text, status integer) ON COMMIT DROP;
CREATE TEMP TABLE family (name text, kind text) ON COMMIT DROP`;

const INSERT = `
INSERT INTO webhook SELECT * FROM jsonb_to_recordset($1::jsonb)
  AS t (at timestamptz, wall_at timestamptz, meta_page_id text, family text, event_id text, status integer)`;

/**
 * The events of one Page, family and second: the log does not say whom an event is about, and Meta's times may have whole
 * seconds only.
 */
const GROUPS = `
CREATE TEMP TABLE arrival ON COMMIT DROP AS
SELECT p.id AS page_id, w.family, date_trunc('second', w.at) AS second, count(DISTINCT w.event_id) AS events,
       count(DISTINCT w.event_id) FILTER (WHERE w.status = 200) AS acknowledged,
       max(w.wall_at) FILTER (WHERE w.status = 200) AS acknowledged_at
  FROM webhook w JOIN pages p ON p.meta_page_id = w.meta_page_id
 WHERE w.wall_at > p.created_at AND (p.disconnected_at IS NULL OR w.wall_at < p.disconnected_at)
 GROUP BY 1, 2, 3;
CREATE TEMP TABLE stored ON COMMIT DROP AS
SELECT i.page_id, f.name AS family, date_trunc('second', i.event_at) AS second, count(*) AS events
  FROM inbox i JOIN family f ON f.kind = i.kind GROUP BY 1, 2, 3`;

/** Loads the webhook log into the session's temporary tables `webhook`, `arrival` and `stored`. */
export async function loadWebhooks(database: Client, simulatorUrl: string): Promise<void> {
  await database.query(TABLES);
  for (const [family, , kinds] of FAMILIES) {
    await database.query('INSERT INTO family SELECT $1, unnest($2::text[])', [family, kinds]);
  }
  const familyOf = new Map(FAMILIES.flatMap(([family, fields]) => fields.map((field) => [field, family] as const)));
  for await (const attempts of readList<WebhookAttempt>(simulatorUrl, 'webhooks')) {
    const rows = attempts.map((attempt) => ({
      at: attempt.at,
      wall_at: attempt.wallAt,
      meta_page_id: attempt.pageId,
      family: familyOf.get(attempt.field) ?? null,
      event_id: attempt.eventId,
      status: attempt.status,
    }));
    await database.query(INSERT, [JSON.stringify(rows)]);
  }
  await database.query('ANALYZE webhook');
  await database.query(GROUPS);
  await database.query('ANALYZE arrival');
  await database.query('ANALYZE stored');
}
