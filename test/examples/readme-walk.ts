import { readFileSync } from 'node:fs';

const WALK = /## A walk in ten minutes\n([\s\S]*?)\n## /;
const BLOCK = /```sh\n([\s\S]*?)```/g;

/**
 * The commands of the README's walk, in their order, as one script.
 *
 * @param runtimeFile - stands in for `.herald/runtime.json`
 */
export function readmeWalk(runtimeFile: string): string {
  const walk = WALK.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  const blocks = [...walk.matchAll(BLOCK)].map(([, commands]) => commands ?? '');
  return ['set -euo pipefail', ...blocks].join('\n').replaceAll('.herald/runtime.json', runtimeFile);
}
