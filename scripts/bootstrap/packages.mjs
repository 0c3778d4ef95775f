import { readFileSync } from 'node:fs';
import { runNpm } from './run.mjs';

/** Runs `npm ci` unless node_modules holds what the lock file says. Returns whether all is there. */
export async function installPackages() {
  if (areInstalled()) return true;
  console.log('Installing packages (npm ci); the first time this takes about half a minute');
  return (await runNpm(['ci', '--no-audit', '--no-fund'])) === 0;
}

/** npm keeps what it installed in a lock file of its own; packages for other platforms are left out there. */
function areInstalled() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (!wanted || !installed) return false;
  const names = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  names.delete('');
  return [...names].every((name) => {
    if (!installed[name]) return wanted[name].optional === true;
    return wanted[name]?.version === installed[name].version;
  });
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
