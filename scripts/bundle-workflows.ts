// node dist/scripts/bundle-workflows.js: bundles the workflows for Temporal's sandbox into dist/workflows.bundle.js.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';

async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve(__dirname, '../workflows/index.js'),
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(resolve(__dirname, '../workflows.bundle.js'), code);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
