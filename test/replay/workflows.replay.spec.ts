import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { HISTORIES, SAVED_PATHS, missingIn, readSaved } from './saved-paths';

jest.setTimeout(60_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

const names = readdirSync(HISTORIES);
const pathOf = (name: string): string => name.replace(/^\d+\.\d+\.\d+-/, '').replace(/\.json$/, '');
const bundle = (workflowsPath: string) => bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });

describe('Workflows that ran before', () => {
  let present: { code: string };
  let changed: { code: string };

  beforeAll(async () => {
    [present, changed] = await Promise.all([
      bundle(require.resolve('../../workflows')),
      bundle(require.resolve('./changed')),
    ]);
  });

  const replay = (name: string, workflowBundle: { code: string }) =>
    Worker.runReplayHistory({ workflowBundle }, historyFromJSON(JSON.parse(readSaved(name))), 'saved');

  it('have a history of every stage and path, and none of another', () => {
    expect([...new Set(names.map(pathOf))].sort()).toEqual(Object.keys(SAVED_PATHS).sort());
  });

  it.each(names)('did what their history is named after: %s', (name) => {
    expect(missingIn(pathOf(name), readSaved(name))).toEqual([]);
  });

  it.each(names)('replay in the present code: %s', async (name) => {
    await expect(replay(name, present)).resolves.toBeUndefined();
  });

  it.each(names)('do not replay in code that does other things: %s', async (name) => {
    await expect(replay(name, changed)).rejects.toThrow(/TMPRL1100|[Nn]ondeterminism/);
  });
});
