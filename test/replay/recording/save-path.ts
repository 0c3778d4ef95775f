import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { historyText } from '../../../scripts/history-text';
import { eventually } from '../../workflows/subscriber-life';
import { HISTORIES, SAVED_PATHS, missingIn } from '../saved-paths';

const { version } = JSON.parse(readFileSync(resolve('package.json'), 'utf8')) as { readonly version: string };

/** Saves what a run has done so far. @throws Error when that does not come to be the path it is to be saved as */
export async function savePath(path: string, handle: WorkflowHandle): Promise<void> {
  if (SAVED_PATHS[path] === undefined) throw new Error(`${path} is no path of saved-paths.ts.`);
  let history = '';
  await eventually(async () => {
    history = historyText(await handle.fetchHistory());
    expect(missingIn(path, history)).toEqual([]);
  });
  writeFileSync(join(HISTORIES, `${version}-${path}.json`), history);
}
