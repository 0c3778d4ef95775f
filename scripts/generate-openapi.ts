// node dist/scripts/generate-openapi.js [--check]: writes docs/openapi.json from the compiled API, or says that it differs.
// It needs the build: only there the doc comments of DTOs and controllers have become part of the code.
import 'reflect-metadata';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildApp } from '../src/app';
import { loadConfig } from '../src/config/env';
import { openApiDocument } from '../src/http/openapi/document';

const PATH = 'docs/openapi.json';

/** Nothing is connected: the document comes from the code alone. With the sandbox, so that it names every path. */
const ENVIRONMENT = {
  DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
  HERALD_SANDBOX: '1',
  LOG_LEVEL: 'silent',
};

async function main(): Promise<void> {
  const app = await buildApp(loadConfig(ENVIRONMENT));
  const text = `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
  if (existsSync(PATH) && readFileSync(PATH, 'utf8') === text) return;
  const onlyCheck = process.argv.includes('--check');
  process.stdout.write(`${PATH} ${onlyCheck ? 'differs from the code: run scripts/generate-openapi' : 'written'}\n`);
  if (onlyCheck) process.exitCode = 1;
  else write(text);
}

function write(text: string): void {
  mkdirSync(dirname(PATH), { recursive: true });
  writeFileSync(PATH, text);
}

void main();
