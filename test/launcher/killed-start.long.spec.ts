import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { RunningStack } from '../support/running-stack';
import { temporaryFolders } from './temporary-folder';

jest.setTimeout(300_000);

const aFolder = temporaryFolders();

/** Moments of a start, by the words of a log that tell of them. */
const MOMENTS: readonly (readonly [moment: string, log: string, words: string])[] = [
  ['while Postgres is made', 'launcher', '"msg":"Postgres"'],
  ['once Postgres answers', 'launcher', '"msg":"Migrations"'],
  ['once Temporal runs', 'temporal', 'Temporal Server:'],
  ['once the simulator runs', 'simulator', 'the simulator is ready'],
  ['once the API answers', 'api', 'The API listens'],
];

/** How often a log says something. */
function timesSaid(directory: string, log: string, words: string): number {
  const path = join(directory, 'logs', `${log}.log`);
  return existsSync(path) ? readFileSync(path, 'utf8').split(words).length - 1 : 0;
}

describe('A launcher that is killed in the middle of its start', () => {
  it.each(MOMENTS)('%s is followed by one that comes up by itself', async (_moment, log, words) => {
    const directory = aFolder();
    await RunningStack.killStart(directory, () => timesSaid(directory, log, words) > 0);
    const stack = await RunningStack.start({ directory });
    await expect(stack.connectPage()).resolves.toMatchObject({ id: expect.any(String) });
    await stack.stop();
  });

  it('is followed by one that comes up by itself, also where that happens again and again', async () => {
    const directory = aFolder();
    for (const [, log, words] of MOMENTS) {
      const before = timesSaid(directory, log, words);
      await RunningStack.killStart(directory, () => timesSaid(directory, log, words) > before);
    }
    const stack = await RunningStack.start({ directory });
    await expect(stack.connectPage()).resolves.toMatchObject({ id: expect.any(String) });
    await stack.stop();
  });
});
