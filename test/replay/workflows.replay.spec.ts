import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';

jest.setTimeout(60_000);
Runtime.install({ logger: new DefaultLogger('ERROR') });

const HISTORIES = resolve('test/replay/histories');
const names = readdirSync(HISTORIES);
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
    Worker.runReplayHistory(
      { workflowBundle },
      historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, name), 'utf8'))),
      'saved',
    );

  it.each(names)('replay in the present code: %s', async (name) => {
    await expect(replay(name, present)).resolves.toBeUndefined();
  });

  it.each(names)('do not replay in code that does other things: %s', async (name) => {
    await expect(replay(name, changed)).rejects.toThrow(/TMPRL1100|[Nn]ondeterminism/);
  });
});
