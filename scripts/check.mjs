// node scripts/check.mjs: runs every check to its end, two at a time, and says as its last line how many passed and failed
import { spawn } from 'node:child_process';
import { buildPrograms } from './bootstrap/build.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { ROOT } from './bootstrap/root.mjs';

const AT_A_TIME = 2;
const CODE = ['domain', 'workflows', 'activities', 'src', 'simulator', 'checker', 'bench', 'scripts', 'test'];

/** No tool asks its maker for news or tells them of a run. */
const QUIET = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** The slow ones first. */
const CHECKS = [
  { name: 'lint', command: ['node_modules/.bin/eslint', '.'] },
  { name: 'types', command: ['node_modules/.bin/tsc', '--noEmit', '--project', '.'] },
  { name: 'format', command: ['node_modules/.bin/prettier', '--check', '.'] },
  {
    name: 'who imports whom',
    command: ['node_modules/.bin/depcruise', '--config', '.dependency-cruiser.cjs', ...CODE],
  },
  { name: 'nothing unused', command: ['node_modules/.bin/knip'] },
  { name: 'entities and migrations agree', command: [process.execPath, 'dist/scripts/check-migration-drift.js'] },
  {
    name: 'OpenAPI document is up to date',
    command: [process.execPath, 'dist/scripts/generate-openapi.js', '--check'],
  },
  { name: 'OpenAPI document keeps its rules', command: ['node_modules/.bin/redocly', 'lint', 'docs/openapi.json'] },
  { name: 'generated docs are up to date', command: [process.execPath, 'dist/scripts/generate-docs.js', '--check'] },
  {
    name: '.env.example is up to date',
    command: [process.execPath, 'dist/scripts/generate-env-example.js', '--check'],
  },
];

const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const child of running) child.kill();
    process.exit(1);
  });
}

async function main() {
  process.chdir(ROOT);
  const isBuilt = await withLock(async () => (await installPackages()) && (await buildPrograms()));
  const results = [report({ name: 'build', succeeded: isBuilt, output: '' })];
  const waiting = [...CHECKS];
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) results.push(report(await perform(check)));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const failed = results.filter(({ succeeded }) => !succeeded);
  if (failed.length > 0) console.log(`Failed: ${failed.map(({ name }) => name).join(', ')}`);
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function perform({ name, command: [program, ...args] }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: QUIET, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    child.once('close', () => running.delete(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ name, succeeded: false, output: error.message }));
    child.once('close', (code) => resolve({ name, succeeded: code === 0, output }));
  });
}

function report(result) {
  console.log(`${result.succeeded ? '✔' : '✘'} ${result.name}`);
  if (!result.succeeded && result.output.trim() !== '') console.log(result.output.trimEnd());
  return result;
}

await main();
