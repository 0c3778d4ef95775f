import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './run.mjs';

const SOURCES = ['domain', 'workflows', 'activities', 'src', 'simulator', 'checker', 'bench', 'scripts'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
const STAMP = 'dist/.sources';

/**
 * Compiles unless dist was made from exactly these sources; with `whenAbsentOnly` any finished build will do.
 * @returns whether there is a build to run
 */
export async function buildPrograms({ whenAbsentOnly = false } = {}) {
  if (whenAbsentOnly && existsSync(STAMP)) return true;
  const sources = hashSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return true;
  console.log('Building (npm run build)');
  if ((await runNpm(['run', '--silent', 'build'])) !== 0) return false;
  writeFileSync(STAMP, sources);
  return true;
}

/** By content, not by time: a checkout touches every file and changes few. */
function hashSources() {
  const hash = createHash('sha256');
  for (const path of [...SETTINGS, ...SOURCES.flatMap(filesBelow)]) {
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
