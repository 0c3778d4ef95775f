import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/** Says in one sentence what is wrong with the running Node, or nothing. */
export function checkNodeVersion(running = process.versions.node) {
  const oldest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).engines.node.replace('>=', '');
  if (!isOlder(running, oldest)) return undefined;
  return `Herald needs Node ${oldest} or newer and this is ${running}: install a newer one (nodejs.org, or \`nvm install 22\`) and try again.`;
}

function isOlder(version, than) {
  const [major, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor = 0] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
