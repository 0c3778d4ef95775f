import type { Client } from 'pg';
import { readList } from './control-api';
import { keyedHash } from './keyed-hash';

/** A message that Meta accepted, as `GET /__sim/sends` shows it. */
export interface JournalSend {
  readonly at: string;
  readonly wallAt: string;
  readonly campaignId: string | null;
  readonly token: string | null;
  readonly psid: string | null;
  readonly trackingId: string | null;
  readonly mid: string | null;
  readonly status: string;
  readonly costMinor: number;
}

/** A message of the journal at a Page that may have sent it, and under which hash that Page knows the person. */
interface PersonAtPage {
  readonly n: number;
  readonly page_id: string;
  readonly kind: 'psid' | 'token';
  readonly hash: string;
}

const TABLES = `
CREATE TEMP TABLE journal (
  n integer, at timestamptz, wall_at timestamptz, meta_campaign_id text, person text, message_ref text, status text,
  cost_minor bigint, is_paid boolean) ON COMMIT DROP;
CREATE TEMP TABLE journal_person (n integer, page_id uuid, kind text, hash bytea) ON COMMIT DROP`;

const INSERT_SENDS = `
INSERT INTO journal SELECT * FROM jsonb_to_recordset($1::jsonb)
  AS t (n integer, at timestamptz, wall_at timestamptz, meta_campaign_id text, person text, message_ref text,
        status text, cost_minor bigint, is_paid boolean)`;

const INSERT_PEOPLE = `
INSERT INTO journal_person SELECT n, page_id, kind, decode(hash, 'hex')
  FROM jsonb_to_recordset($1::jsonb) AS t (n integer, page_id uuid, kind text, hash text)`;

/**
 * The messages of the journal with the row that each belongs to: by Meta's id of the message, else by person and campaign
 * where only one row can be meant. `message_ref` is the tracking id of a paid message and the mid of another.
 */
const MATCH = `
CREATE TEMP TABLE sent ON COMMIT DROP AS
SELECT j.n, j.at, j.wall_at, j.status, j.cost_minor, j.is_paid, j.person, j.message_ref, j.meta_campaign_id,
       c.id AS campaign_id, c.kind AS campaign_kind, p.subscriber_id, COALESCE(tracked.id, sole.id) AS send_id
  FROM journal j
  LEFT JOIN LATERAL (
    SELECT id, campaign_id, subscriber_id FROM sends WHERE tracking_id = j.message_ref LIMIT 1) tracked ON true
  LEFT JOIN LATERAL (
    SELECT COALESCE(t.subscriber_id, i.subscriber_id) AS subscriber_id FROM journal_person a
      LEFT JOIN subscriber_tokens t ON a.kind = 'token' AND t.page_id = a.page_id AND t.hash = a.hash
      LEFT JOIN subscriber_identities i ON a.kind = 'psid' AND i.kind = 'psid' AND i.page_id = a.page_id AND i.hash = a.hash
     WHERE a.n = j.n
     ORDER BY COALESCE(t.subscriber_id, i.subscriber_id) = tracked.subscriber_id DESC NULLS LAST LIMIT 1) p ON true
  LEFT JOIN LATERAL (
    SELECT id, kind FROM campaigns
     WHERE id = tracked.campaign_id OR (tracked.id IS NULL AND meta_campaign_id = j.meta_campaign_id) LIMIT 1) c ON true
  LEFT JOIN LATERAL (
    SELECT (array_agg(s.id))[1] AS id FROM sends s
     WHERE tracked.id IS NULL AND s.subscriber_id = p.subscriber_id
       AND CASE WHEN j.is_paid THEN s.campaign_id = c.id ELSE s.lane <> 'paid' AND s.tracking_id IS NULL END
    HAVING count(*) = 1) sole ON true`;

/** Loads the journal into the session's temporary tables `journal` and `sent`. */
export async function loadJournal(database: Client, simulatorUrl: string, lookupKey: string): Promise<void> {
  await database.query(TABLES);
  const pages = await readPages(database);
  let n = 0;
  for await (const sends of readList<JournalSend>(simulatorUrl, 'sends')) {
    const numbered = sends.map((send) => ({ n: n++, send }));
    await database.query(INSERT_SENDS, [JSON.stringify(numbered.map(toRow))]);
    const people = numbered.flatMap(({ n: at, send }) => peopleOf(at, send, pages, lookupKey));
    await database.query(INSERT_PEOPLE, [JSON.stringify(people)]);
  }
  await database.query('CREATE INDEX ON journal_person (n)');
  await database.query('ANALYZE journal');
  await database.query('ANALYZE journal_person');
  await database.query(MATCH);
  await database.query('CREATE INDEX ON sent (send_id)');
  await database.query('ANALYZE sent');
}

function toRow({ n, send }: { n: number; send: JournalSend }): Record<string, unknown> {
  return {
    n,
    at: send.at,
    wall_at: send.wallAt,
    meta_campaign_id: send.campaignId,
    person: send.token ?? send.psid,
    message_ref: send.trackingId ?? send.mid,
    status: send.status,
    cost_minor: send.costMinor,
    is_paid: send.campaignId !== null,
  };
}

/** Our Pages: those of a campaign at Meta, and all of them for a message outside any campaign. */
interface Pages {
  readonly ofCampaign: ReadonlyMap<string, readonly string[]>;
  readonly all: readonly string[];
}

async function readPages(database: Client): Promise<Pages> {
  const campaigns = await database.query<{ meta_campaign_id: string; page_ids: string[] }>(
    `SELECT meta_campaign_id, array_agg(page_id::text) AS page_ids FROM campaigns
      WHERE meta_campaign_id IS NOT NULL GROUP BY 1`,
  );
  const { rows: all } = await database.query<{ id: string }>('SELECT id FROM pages');
  return {
    ofCampaign: new Map(campaigns.rows.map((row) => [row.meta_campaign_id, row.page_ids])),
    all: all.map(({ id }) => id),
  };
}

function peopleOf(n: number, send: JournalSend, pages: Pages, lookupKey: string): PersonAtPage[] {
  const { campaignId, token, psid } = send;
  const kind = token === null ? 'psid' : 'token';
  const value = token ?? psid;
  if (value === null) return [];
  const pageIds = campaignId === null ? pages.all : (pages.ofCampaign.get(campaignId) ?? []);
  return pageIds.map((pageId) => ({ n, page_id: pageId, kind, hash: keyedHash(lookupKey, kind, pageId, value) }));
}
