import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { campaignWorkflowId, subscriberWorkflowId } from '../../workflows/shared/names';
import { Shop } from '../support/shop';
import { Stack } from '../support/stack';
import { eventually } from '../workflows/subscriber-life';
import { TemporalCommand } from './temporal-command';
import { WorkerOfABuild, bundleChangedWorkflows } from './worker-of-a-build';

/**
 * An upgrade as docs/operations.md describes it, with campaigns in flight. The newer build's workflows begin with a timer
 * that no older history has: whatever it had to replay of the older build would get stuck.
 */
describe('Two builds of the worker side by side', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-builds-'));
  const bundleOfNewer = join(folder, 'newer.bundle.js');
  let stack: Stack;
  let temporal: TemporalCommand;
  let older: WorkerOfABuild;
  let newer: WorkerOfABuild | undefined;
  let shop: Shop;
  let people: readonly string[];
  let first: string;
  let second: string;
  let idle: string;

  beforeAll(async () => {
    stack = await Stack.start();
    temporal = new TemporalCommand(stack.config.temporal.address, stack.config.temporal.namespace);
    await stack.control('PATCH', 'settings', { unitPriceMinor: 10, readRate: 0, clickRate: 0, notReadyMinutes: 0 });
    shop = await Shop.open(stack, 30);
    people = shop.people;
    await bundleChangedWorkflows(bundleOfNewer);
  }, 120_000);
  afterAll(async () => {
    await newer?.stop();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const startCampaign = async (chosen: readonly string[]): Promise<string> => {
    const id = await shop.startCampaign();
    await shop.waitsFor(id, 'population');
    await shop.choose(id, chosen);
    return id;
  };
  const sentBy = async (id: string): Promise<number> => (await shop.campaign(id)).counts.sent as number;
  const workflowOf = (person: string): string => subscriberWorkflowId(shop.pageId, person);
  const buildOf = async (workflowId: string): Promise<string | null> => {
    const { raw } = await stack.temporal.workflow.getHandle(workflowId).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? null;
  };
  const runsOn = (workflowId: string, buildId: string): Promise<void> =>
    eventually(async () => {
      expect(await buildOf(workflowId)).toBe(buildId);
    });
  const wake = async (person: string): Promise<void> => {
    await stack.ok('POST', `/v1/subscribers/${person}/wake`);
    await eventually(() =>
      stack.temporal.workflow
        .getHandle(workflowOf(person))
        .query('view')
        .then(() => undefined),
    );
  };

  it('begin with a campaign that started without versions and goes on with one', async () => {
    first = await startCampaign(people.slice(0, 8));
    expect(await buildOf(campaignWorkflowId(first))).toBeNull();
    older = WorkerOfABuild.start(stack, 'older', process.env['TEST_WORKFLOW_BUNDLE'] ?? '');
    await eventually(() => temporal.makeCurrent('older'));
    await stack.stopWorker();
    await shop.choose(first, people.slice(8, 10));
    await runsOn(campaignWorkflowId(first), 'older');
  }, 60_000);

  it('keep on the older build what runs there, and begin on the newer one what is new', async () => {
    idle = people[28] ?? '';
    await wake(idle);
    newer = WorkerOfABuild.start(stack, 'newer', bundleOfNewer);
    await eventually(() => temporal.makeCurrent('newer'));
    second = await startCampaign(people.slice(10, 20));
    await runsOn(campaignWorkflowId(second), 'newer');
    expect(await buildOf(campaignWorkflowId(first))).toBe('older');
    expect(await buildOf(workflowOf(idle))).toBe('older');
  }, 60_000);

  it('bring a campaign over by its next event, by continuing it as new', async () => {
    await shop.choose(first, people.slice(20, 22));
    await runsOn(campaignWorkflowId(first), 'newer');
    expect(await buildOf(workflowOf(idle))).toBe('older');
  }, 60_000);

  it('bring over whoever is idle when all of the older build are refreshed', async () => {
    await temporal.refreshAllOn('older');
    await runsOn(workflowOf(idle), 'newer');
    await eventually(async () => {
      expect(await temporal.countOn('older')).toBe(0);
    });
  }, 60_000);

  it('complete both campaigns after the older build is stopped, and nobody gets a message twice', async () => {
    await older.stop();
    await stack.advance('PT2H');
    expect(await Promise.all([first, second].map(sentBy))).toEqual([12, 10]);
    expect(await stack.control('GET', 'sends/summary')).toMatchObject({ accepted: 22, maxPerPerson: 1 });
  }, 60_000);

  it('go on from the rows when a build has gone with somebody waiting on it', async () => {
    const [held = ''] = people;
    await shop.choose(second, [held]);
    await stack.until(`/v1/campaigns/${second}`, (body) => body.counts.held === 1);
    await runsOn(workflowOf(held), 'newer');
    await newer?.stop();
    newer = WorkerOfABuild.start(stack, 'newest', bundleOfNewer);
    await eventually(() => temporal.makeCurrent('newest'));
    await eventually(async () => {
      expect(await temporal.countOn('newer')).toBeGreaterThan(1);
    });
    await temporal.terminateAllOn('newer');
    await eventually(async () => {
      expect(await temporal.countOn('newer')).toBe(0);
    });
    await stack.advance('P1D');
    expect(await sentBy(second)).toBe(11);
    expect(await buildOf(campaignWorkflowId(second))).toBe('newest');
    expect(await stack.control('GET', 'sends/summary')).toMatchObject({ accepted: 23, maxPerPerson: 2 });
  }, 60_000);
});
