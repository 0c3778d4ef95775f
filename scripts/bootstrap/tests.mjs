import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Runs the specs of these projects and says as its last line how many tests passed, failed and were skipped. */
export async function runTests(projects, args) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-test-'));
  const results = join(folder, 'results.json');
  try {
    const code = await run(process.execPath, [
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      ...projects,
      '--json',
      `--outputFile=${results}`,
      ...args,
    ]);
    const { passed, failed, skipped } = count(results);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return code === 0 && failed > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A spec file that cannot run at all is a failure of its own; so is a run that wrote no result. */
function count(path) {
  try {
    const results = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
