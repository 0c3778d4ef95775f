import { describe, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { prepareTemporalNamespace } from '../../src/cli/launcher/temporal-namespace';
import type { WorkersOptions } from '../../src/temporal/temporal-workers';
import { TemporalWorkers } from '../../src/temporal/temporal-workers';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const NAMESPACE = 'test-temporal-workers';

describe('The Temporal workers of a process', () => {
  it('end at once when they were told to before they ran', async () => {
    const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '';
    await prepareTemporalNamespace(address, NAMESPACE);
    const workers = await TemporalWorkers.create({
      address,
      namespace: NAMESPACE,
      buildId: null,
      bundlePath: process.env['TEST_WORKFLOW_BUNDLE'] ?? '',
      engine: {} as WorkersOptions['engine'],
      sending: { none: () => Promise.resolve() } as unknown as WorkersOptions['sending'],
    });
    workers.shutdown();
    await expect(workers.run()).resolves.toBeUndefined();
  });
});
