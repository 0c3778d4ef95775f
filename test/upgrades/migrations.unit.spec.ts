import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDataSource } from '../../src/persistence/data-source';
import { whyContract } from './contract-statements';

/** A migration that takes something away names the newest release whose programs it no longer runs with. */
type Migration = MigrationInterface & { readonly contractsAfter?: string };

const RELEASES = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## \[?(\d+\.\d+\.\d+)/gm)].map(([, name]) => name);

/** All but the first: before it there was no program. */
function laterMigrations(): Migration[] {
  const { migrations } = createDataSource('postgres://nobody@localhost/none', { applicationName: 'test', size: 1 })
    .options as unknown as { readonly migrations: readonly (new () => Migration)[] };
  return migrations.slice(1).map((Made) => new Made());
}

/** The statements that a migration runs. */
async function statementsOf(migration: Migration): Promise<string[]> {
  const statements: string[] = [];
  const runner = { query: (statement: string) => Promise.resolve(statements.push(statement)) };
  await migration.up(runner as unknown as QueryRunner);
  return statements;
}

/** @returns what is wrong with a migration by the rule of CONTRIBUTING.md */
async function faultsOf(migration: Migration, released = RELEASES): Promise<string[]> {
  if (migration.contractsAfter !== undefined) {
    const isNamed = migration.constructor.name.startsWith('Contract') && released.includes(migration.contractsAfter);
    return isNamed ? [] : [`is to be called Contract… and to name a release: ${migration.contractsAfter}`];
  }
  const statements = await statementsOf(migration);
  return statements.flatMap((statement) => {
    const why = whyContract(statement);
    return why === null ? [] : [`${why}: ${statement}`];
  });
}

describe('A migration', () => {
  it('expands, unless it names the release that it contracts after', async () => {
    for (const migration of laterMigrations()) expect(await faultsOf(migration)).toEqual([]);
  });

  it.each([
    'CREATE TABLE labels (id uuid PRIMARY KEY, name text NOT NULL)',
    'CREATE INDEX CONCURRENTLY sends_label ON sends (label)',
    'ALTER TABLE sends ADD COLUMN label text',
    "ALTER TABLE sends ADD COLUMN label text NOT NULL DEFAULT ''",
    'DROP INDEX sends_label',
    'ALTER TABLE sends ALTER COLUMN label DROP NOT NULL',
    'ALTER TABLE sends DROP CONSTRAINT sends_state',
    'GRANT SELECT ON labels TO herald_api',
  ])('expands by %s', (statement) => {
    expect(whyContract(statement)).toBeNull();
  });

  it.each([
    'DROP TABLE labels',
    'ALTER TABLE sends DROP COLUMN label',
    'ALTER TABLE sends RENAME COLUMN label TO tag',
    'ALTER TABLE sends RENAME TO messages',
    'ALTER TABLE sends ALTER COLUMN label TYPE integer USING label::integer',
    'ALTER TABLE sends ALTER COLUMN label SET NOT NULL',
    'ALTER TABLE sends ALTER COLUMN tries DROP DEFAULT',
    'ALTER TABLE sends ADD COLUMN label text NOT NULL',
    "ALTER TABLE sends ADD CONSTRAINT sends_label CHECK (label <> '')",
    'REVOKE UPDATE ON sends FROM herald_worker',
  ])('contracts by %s', (statement) => {
    expect(whyContract(statement)).not.toBeNull();
  });

  it('that contracts without naming a release is found', async () => {
    const drop = (runner: QueryRunner): Promise<unknown> => runner.query('ALTER TABLE sends DROP COLUMN label');
    const unnamed = { up: drop, down: drop } as Migration;
    expect(await faultsOf(unnamed)).toHaveLength(1);
    expect(await faultsOf({ ...unnamed, contractsAfter: '0.1.0' })).toHaveLength(1);
    class ContractLabels implements Migration {
      readonly contractsAfter = '0.1.0';
      readonly up = drop as Migration['up'];
      readonly down = drop as Migration['down'];
    }
    expect(await faultsOf(new ContractLabels(), ['0.1.0'])).toEqual([]);
    expect(await faultsOf(new ContractLabels(), ['0.2.0'])).toHaveLength(1);
  });
});

describe('From the second release on', () => {
  it('the worker of the release before runs against the new schema', () => {
    const isProven = existsSync('test/upgrades/previous-release.e2e.spec.ts');
    expect({ releases: RELEASES.length, isProven: isProven || RELEASES.length < 2 }).toMatchObject({ isProven: true });
  });
});
