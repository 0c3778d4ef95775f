import type { DataSource } from 'typeorm';

/** Whose rows are made, and what they belong to. */
export interface Crowd {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly campaignId: string;
  readonly topicId: string;
}

/** The nth thing of a kind, the same in every table. */
const id = (kind: string): string => `md5($1::text || '${kind}' || n)::uuid`;
const moment = `now() - n * interval '1 second'`;

/** $1 workspace, $2 Page, $3 campaign, $4 topic, $5 how many. */
const TABLES: Readonly<Record<string, string>> = {
  'subscribers (id, workspace_id, page_id, source, consent)': `
    ${id('person')}, $1, $2, (ARRAY['wrote', 'opt_in', 'ctm'])[1 + n % 3], (ARRAY['none', 'granted', 'revoked'])[1 + n % 3]`,
  'subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id)': `
    $2, 'psid', sha256(($1::text || n)::bytea), $1, ${id('person')}`,
  'subscriber_tags (subscriber_id, tag, workspace_id, page_id)': `${id('person')}, 'tag' || n % 500, $1, $2`,
  'subscriber_topics (subscriber_id, topic_id, workspace_id, opted_in_at)': `
    ${id('person')}, CASE WHEN n % 100 = 0 THEN $4 ELSE ${id('topic')} END, $1, ${moment}`,
  'subscriber_tokens (id, workspace_id, page_id, subscriber_id, hash, sealed, source)': `
    ${id('token')}, $1, $2, ${id('person')}, sha256(($1::text || n)::bytea), 'x', 'opt_in'`,
  'sends (campaign_id, id, workspace_id, page_id, subscriber_id, campaign_message_id, state)': `
    CASE WHEN n % 100 = 0 THEN $3 ELSE ${id('campaign')} END, ${id('send')}, $1, $2, ${id('person')}, ${id('content')},
    (ARRAY['queued', 'held', 'delivered', 'refused'])[1 + n % 4]`,
  'send_states (workspace_id, campaign_id, send_id, state, at)': `$1, $3, ${id('send')}, 'delivered', ${moment}`,
  'budget_entries (id, workspace_id, campaign_id, budget_day, send_id, kind, amount_minor, at)': `
    ${id('entry')}, $1, CASE WHEN n % 100 = 0 THEN $3 ELSE ${id('campaign')} END, '', ${id('send')}, 'reserve', 5, ${moment}`,
  'consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied)': `
    ${id('event')}, $1, $2, ${id('person')}, 'opt_in', 'webhook', ${moment}, true`,
  'opt_in_requests (id, workspace_id, page_id, subscriber_id, topic_id, title_key, state, when_not_allowed, requested_at)': `
    ${id('request')}, $1, $2, ${id('person')}, CASE WHEN n % 1000 = 0 THEN $4 ELSE ${id('topic')} END, 'x',
    (ARRAY['asked', 'opted_in', 'expired'])[1 + n % 3], 'wait', ${moment}`,
  'order_events (id, workspace_id, page_id, source, order_id, status, subscriber_id, occurred_at, outcome)': `
    ${id('order')}, $1, $2, 'shop', n::text, 'PAID', ${id('person')}, ${moment}, (ARRAY['accepted', 'stale'])[1 + n % 2]`,
  'automation_runs (id, workspace_id, page_id, automation_id, subscriber_id, state)': `
    ${id('run')}, $1, $2, ${id('automation')}, ${id('person')}, 'done'`,
  'outbox (id, workspace_id, kind, lane, owner_id, page_id, body)': `
    ${id('outbox')}, $1, 'unsubscribe', 'graph', ${id('person')}, $2, '{}'`,
  'inbox (day, id, workspace_id, page_id, lane, kind, event_at, arrived_at, done_at, state)': `
    current_date, ${id('inbox')}, $1, $2, 2, 'message', ${moment}, ${moment}, now(), 'done'`,
};

/** Fills every table that grows with people. */
export async function fill(owner: DataSource, crowd: Crowd, people: number): Promise<void> {
  const { workspaceId, pageId, campaignId, topicId } = crowd;
  for (const [table, values] of Object.entries(TABLES)) {
    await owner.query(
      `WITH given AS (SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid)
       INSERT INTO ${table} SELECT ${values} FROM given, generate_series(1, $5::integer) AS n`,
      [workspaceId, pageId, campaignId, topicId, people],
    );
  }
}
