import type { Client } from 'pg';
import type { PromiseChecks } from '../check';

/** Which table a column points into. */
const POINTS_TO: Readonly<Record<string, string>> = {
  page_id: 'pages',
  campaign_id: 'campaigns',
  subscriber_id: 'subscribers',
  topic_id: 'topics',
  token_id: 'subscriber_tokens',
  automation_id: 'automations',
  automation_run_id: 'automation_runs',
  campaign_message_id: 'campaign_messages',
  message_id: 'campaign_messages',
  order_event_id: 'order_events',
  opt_in_request_id: 'opt_in_requests',
  send_id: 'sends',
  batch_id: 'batches',
  hidden_campaign_id: 'campaigns',
};

/** Of two rows that a third names, the Page must be the same. */
const SAME_PAGE = `
  SELECT format('send %s at Page %s: its campaign is at Page %s, its subscriber at Page %s', s.id, s.page_id, c.page_id,
                p.page_id) AS detail
    FROM sends s JOIN campaigns c ON c.id = s.campaign_id JOIN subscribers p ON p.id = s.subscriber_id
   WHERE s.page_id <> c.page_id OR s.page_id <> p.page_id`;

/** P7, of the rows as they stand: each belongs to the tenant of all that it names, in every table that has a tenant. */
export async function tenantChecks(database: Client): Promise<PromiseChecks> {
  const { rows } = await database.query<{ table: string; column: string }>(
    `SELECT c.table_name AS table, c.column_name AS column
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = ANY($1)
        AND EXISTS (SELECT FROM information_schema.columns w WHERE w.table_schema = 'public'
                     AND w.table_name = c.table_name AND w.column_name = 'workspace_id')
        AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = quote_ident(c.table_name)::regclass)
      ORDER BY 1, 2`,
    [Object.keys(POINTS_TO)],
  );
  const named = rows.map(({ table, column }) => ({
    name: `the ${column} of ${table} is of the same tenant`,
    sql: `
      SELECT format('${table} of workspace %s names ${column} %s of workspace %s', r.workspace_id, r.${column},
                    o.workspace_id) AS detail
        FROM ${table} r JOIN ${POINTS_TO[column] ?? ''} o ON o.id = r.${column}
       WHERE r.workspace_id <> o.workspace_id`,
  }));
  const ownSend = { name: 'campaign and person of a send are at its Page', sql: SAME_PAGE };
  return { promise: 'No row of another tenant is touched', checks: [...named, ownSend] };
}
