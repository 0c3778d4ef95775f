const ROLE_NAMES = ['herald_api', 'herald_ingest', 'herald_worker'];

/** Roles are the cluster's: they may exist already. Their passwords are set by `migrate`. */
export const ROLES: readonly string[] = ROLE_NAMES.map(
  (role) => `DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} LOGIN NOINHERIT; END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`,
);

/**
 * The worker looks rows up by their keys. While a campaign is being sent Postgres knows no statistics of it yet, takes it
 * for a small one and would read all of it for every slice, the more so in plans that a connection keeps.
 */
export const PLANNING = 'ALTER ROLE herald_worker SET enable_seqscan = off';

const TENANT_TABLES = [
  'api_keys',
  'automation_runs',
  'automations',
  'batches',
  'budget_entries',
  'campaign_audience',
  'campaign_budgets',
  'campaign_messages',
  'campaigns',
  'consent_events',
  'idempotency_keys',
  'inbox',
  'message_sets',
  'opt_in_requests',
  'order_events',
  'outbox',
  'page_rates',
  'page_syncs',
  'pages',
  'send_states',
  'sends',
  'subscriber_identities',
  'subscriber_tags',
  'subscriber_tokens',
  'subscriber_topics',
  'subscribers',
  'topics',
  'waits',
];

/** The tenant of the transaction, set by `SET LOCAL`; a sub-select so that it is read once a statement. */
const TENANT = `(SELECT NULLIF(current_setting('herald.workspace_id', true), '')::uuid)`;

const rowSecurity = (table: string): readonly string[] => [
  `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
  `CREATE POLICY tenant ON ${table} TO herald_api USING (workspace_id = ${TENANT}) WITH CHECK (workspace_id = ${TENANT})`,
  `CREATE POLICY every_tenant ON ${table} TO herald_worker USING (true) WITH CHECK (true)`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO herald_api, herald_worker`,
];

/** Who may do what. The API sees its tenant, the worker names it in every statement, ingestion inserts and no more. */
export const ACCESS: readonly string[] = [
  ...TENANT_TABLES.flatMap(rowSecurity),
  'ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY',
  `CREATE POLICY tenant ON workspaces TO herald_api USING (id = ${TENANT})`,
  'CREATE POLICY every_tenant ON workspaces TO herald_worker USING (true) WITH CHECK (true)',
  'GRANT SELECT ON workspaces TO herald_api',
  'GRANT SELECT ON workspaces TO herald_worker',
  'CREATE POLICY arrivals ON inbox FOR INSERT TO herald_ingest WITH CHECK (true)',
  'GRANT INSERT ON inbox, event_keys TO herald_ingest',
  'GRANT SELECT (page_id, key) ON event_keys TO herald_ingest',
  'GRANT SELECT, DELETE ON event_keys TO herald_worker',
  'GRANT SELECT, UPDATE ON clock TO herald_api, herald_worker',
  'GRANT SELECT ON clock TO herald_ingest',
  'GRANT SELECT ON migrations TO herald_api, herald_worker',
  'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO herald_api, herald_worker',
  'GRANT USAGE ON SEQUENCE inbox_seq TO herald_ingest',
  'REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC',
  'GRANT EXECUTE ON FUNCTION apply_opt_outs(jsonb) TO herald_ingest, herald_api, herald_worker',
  'GRANT EXECUTE ON FUNCTION find_api_key(text), find_pages(text[]) TO herald_ingest',
  'GRANT EXECUTE ON FUNCTION prepare_inbox_days(integer), drop_inbox_days(integer) TO herald_worker',
];
