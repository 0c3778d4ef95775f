import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { campaignWorkflowId, subscriberWorkflowId } from '../../../workflows/shared/names';
import { Shop } from '../../support/shop';
import { Stack } from '../../support/stack';
import { TemporalCommand } from '../../upgrades/temporal-command';
import { WorkerOfABuild } from '../../upgrades/worker-of-a-build';
import { eventually } from '../../workflows/subscriber-life';
import { savePath } from './save-path';

jest.setTimeout(120_000);

/** Saves the runs that hand over because a newer build of the worker is current. */
describe('Histories of runs on an older build', () => {
  let stack: Stack;
  let shop: Shop;
  let temporal: TemporalCommand;
  let newer: WorkerOfABuild | undefined;

  beforeAll(async () => {
    stack = await Stack.start('happy', { HERALD_BUILD_ID: 'older' });
    temporal = new TemporalCommand(stack.config.temporal.address, stack.config.temporal.namespace);
    await eventually(() => temporal.makeCurrent('older'));
    shop = await Shop.open(stack, 5);
  });
  afterAll(async () => {
    await newer?.stop();
    await stack.stop();
  });

  it('records how a campaign and a person hand over', async () => {
    const campaign = campaignWorkflowId(await shop.startCampaign());
    const [person = ''] = shop.people;
    const subscriber = subscriberWorkflowId(shop.pageId, person);
    await stack.ok('POST', `/v1/subscribers/${person}/wake`);
    const runs = await Promise.all([campaign, subscriber].map(settledRun));
    newer = WorkerOfABuild.start(stack, 'newer', process.env['TEST_WORKFLOW_BUNDLE'] ?? '');
    await eventually(() => temporal.makeCurrent('newer'));
    await eventually(async () => {
      expect(await temporal.countOn('older')).toBe(2);
    });
    await temporal.refreshAllOn('older');
    await eventually(async () => {
      expect(await temporal.countOn('older')).toBe(0);
    });
    await savePath('campaign-newer-version-out', stack.temporal.workflow.getHandle(campaign, runs[0]));
    await savePath('subscriber-newer-version-out', stack.temporal.workflow.getHandle(subscriber, runs[1]));
  });

  /** The run of a workflow that waits for something. */
  async function settledRun(workflowId: string): Promise<string> {
    const handle = stack.temporal.workflow.getHandle(workflowId);
    await eventually(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingWorkflowTask).toBeFalsy();
      expect(raw.pendingActivities ?? []).toEqual([]);
    });
    return (await handle.describe()).runId;
  }
});
