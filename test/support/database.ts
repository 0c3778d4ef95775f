import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { TEMPLATE_DATABASE } from './test-servers';

/**
 * Makes a database for one spec file: migrated and empty, or the copy of another one that nobody is connected to.
 * @returns the owner's address of it
 */
export async function createTestDatabase(template = TEMPLATE_DATABASE): Promise<string> {
  const url = new URL(templateUrl());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  url.pathname = `/${name}`;
  return url.toString();
}

/** A template cannot be copied while somebody is connected to it, so the statement runs beside it. */
async function onServer(statement: string): Promise<void> {
  const url = new URL(templateUrl());
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function templateUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('This spec needs Postgres: its name must end in .int, .workflow or .e2e.spec.ts.');
  return url;
}
