// Used by check-migration-drift and by a test: finds what row-level security leaves open.
import type { DataSource, EntityManager } from 'typeorm';
import { DATABASE_ROLES } from '../src/persistence/role-urls';

/** A table that holds rows of tenants, as the API's role meets it. */
interface TenantTable {
  readonly name: string;
  readonly is_enabled: boolean;
  /** Conditions of the policies that hold for the API's role. */
  readonly conditions: readonly string[];
}

/** Every table with rows of a tenant that the API's role may touch, partitions included. */
const TENANT_TABLES = `
SELECT c.relname AS name, c.relrowsecurity AS is_enabled,
       ARRAY(SELECT coalesce(p.qual, '') || ' / ' || coalesce(p.with_check, '')
               FROM pg_policies p
              WHERE p.tablename = c.relname AND p.schemaname = 'public'
                AND p.roles && ARRAY['herald_api', 'public']::name[]) AS conditions
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND has_table_privilege('herald_api', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
 ORDER BY c.relname`;

const POWERFUL_ROLES = `
SELECT rolname AS name FROM pg_roles
 WHERE rolname = ANY($1) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
UNION
SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tableowner = ANY($1)`;

/** The tenant must decide both what is seen and what is written. */
const CONDITION = /herald\.workspace_id.* \/ .*herald\.workspace_id/s;

/** One sentence for each thing that would let a workspace see or write another's rows. */
export async function rowSecurityGaps(database: DataSource | EntityManager): Promise<string[]> {
  const tables = await database.query<TenantTable[]>(TENANT_TABLES);
  const roles = await database.query<{ name: string }[]>(POWERFUL_ROLES, [DATABASE_ROLES]);
  return [
    ...(tables.length === 0 ? ['No table of a tenant was found: the schema is not there.'] : []),
    ...tables.flatMap(gapsOf),
    ...roles.map(({ name }) => `The role ${name} can pass row-level security.`),
  ];
}

function gapsOf({ name, is_enabled: isEnabled, conditions }: TenantTable): string[] {
  if (!isEnabled) return [`Row-level security is off on ${name}.`];
  if (conditions.length === 0) return [`No policy of ${name} is for herald_api.`];
  return conditions
    .filter((condition) => !CONDITION.test(condition))
    .map(() => `A policy of ${name} for herald_api does not name the workspace in both directions.`);
}
