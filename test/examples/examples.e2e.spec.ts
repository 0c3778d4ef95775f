import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seed } from '../../src/cli/commands/seed';
import { Stack } from '../support/stack';
import { readmeWalk } from './readme-walk';
import type { ReadersStack } from './shell';
import { bash, readersStack } from './shell';

const silent = {
  interactive: false,
  line: () => undefined,
  step: <T>(_title: string, work: () => Promise<T>) => work(),
};

/** What a reader sees, of all that each example prints. */
const EXAMPLES: readonly (readonly [file: string, ...seen: string[]])[] = [
  ['01-connect-page-and-topic.sh', '"name": "Lantern & Loom"', '"title": "New arrivals"', '"state": "done"'],
  ['02-opt-in.sh', '"state": "asked"', '"ruleId": "R-03"', '"consent": "granted"', '"kind": "opted_in"'],
  ['03-campaign-with-an-audience.sh', '"dryRun": true', 'R-13', '"reason": "completed"', '"kind": "reserve"'],
  ['04-chosen-individuals.sh', '"received": 3', '"duplicates": 2', '"ruleId": "R-24"', 'stopped'],
  ['05-single-message.sh', '"lane": "window"', '"ruleId": "R-32"'],
  ['06-order-event.sh', '"step": "ask"', 'duplicate', 'asked', '"acceptedAt"', 'stopped'],
  ['07-move-the-clock.sh', '"status": "advancing"', '"status": "ready"', 'it never goes back'],
  ['08-why.sh', '"kind": "message_accepted"', '"decisions"', 'Sent and', 'Refused on', 'in force since 2025-08-11'],
  ['09-opt-out.sh', 'granted', 'revoked', '"ruleId": "R-11"', '"kind": "opted_out"'],
];

describe('On a fresh stack', () => {
  let stack: Stack;
  const readers: ReadersStack[] = [];

  beforeAll(async () => {
    stack = await Stack.start();
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
    for (const { folder } of readers) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Somebody who reads along has a Page of their own. */
  const aReader = async (): Promise<ReadersStack> => {
    const reader = await readersStack(stack);
    readers.push(reader);
    return reader;
  };

  it("the README's walk gets somebody opted in, runs a campaign, and says why", async () => {
    const reader = await aReader();
    const output = await bash(['-c', readmeWalk(join(reader.folder, 'runtime.json'))], reader);
    expect(output).toContain('"consent":"granted"');
    expect(output).toMatch(/Sent and [\s\S]*Held on [\s\S]*Sent and /);
    expect(output).toContain("kind: 'opted_in'");
  }, 180_000);

  describe('with the people of `npm run seed` the examples', () => {
    let reader: ReadersStack;
    beforeAll(async () => {
      reader = await aReader();
      await seed(reader.folder, silent);
    }, 120_000);

    it('are all run here', () => {
      const files = readdirSync('examples').filter((file) => /^\d/.test(file));
      expect(EXAMPLES.map(([file]) => file)).toEqual(files.sort());
    });

    it.each(EXAMPLES)(
      '%s works as written',
      async (file, ...seen) => {
        const output = await bash([join('examples', file)], reader);
        for (const words of seen) expect(output).toContain(words);
      },
      180_000,
    );
  });
});
