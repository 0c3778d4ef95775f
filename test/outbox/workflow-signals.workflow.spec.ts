import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TemporalSignals } from '../../src/outbox/workflow-signals';
import type { Wake } from '../../src/outbox/wake';
import { uuidV7 } from '../../src/security/uuid-v7';
import { workflowIdOf } from '../../workflows/shared/names';
import { SEARCH_ATTRIBUTES } from '../../workflows/shared/search-attributes';

/** The namespace of the test servers. */
const NAMESPACE = 'herald';

let client: Client;

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env['TEST_TEMPORAL_ADDRESS'] ?? '' });
  client = new Client({ connection, namespace: NAMESPACE });
});
afterAll(() => client.connection.close());

const aWake = (ownerKind: Wake['ownerKind'], fields: Partial<Wake> = {}): Wake => ({
  workspaceId: uuidV7(),
  pageId: uuidV7(),
  ownerKind,
  ownerId: uuidV7(),
  signal: 'refresh',
  ...fields,
});

const handleOf = ({ ownerKind, pageId, ownerId }: Wake) =>
  client.workflow.getHandle(workflowIdOf(ownerKind, pageId, ownerId));

/** Names and arguments of the signals in a history. */
async function signalsOf(wake: Wake): Promise<[string, unknown[]][]> {
  const { events } = await handleOf(wake).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (signal === null || signal === undefined) return [];
    const args = (signal.input?.payloads ?? []).map(
      ({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown,
    );
    return [[signal.signalName ?? '', args] as [string, unknown[]]];
  });
}

describe('A wake', () => {
  const signals = (): TemporalSignals => new TemporalSignals(client, 'https://herald.example.com');

  it('starts the workflow with ids and an address, searchable and summarised', async () => {
    const wake = aWake('subscriber', { signal: 'optedIn', args: { inboxId: 'i', at: '2026-11-22T12:00:00.000Z' } });
    await signals().signalWithStart(wake);
    const { type, taskQueue, typedSearchAttributes, priority, staticSummary } = await handleOf(wake)
      .describe()
      .then(async (described) => ({ ...described, staticSummary: await described.staticSummary() }));
    expect({ type, taskQueue, staticSummary }).toEqual({
      type: 'subscriberWorkflow',
      taskQueue: 'engine',
      staticSummary: `Subscriber ${wake.ownerId}`,
    });
    expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.workspace)).toBe(wake.workspaceId);
    expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.page)).toBe(wake.pageId);
    expect(priority).toMatchObject({ priorityKey: 1, fairnessKey: wake.workspaceId });
    const { events } = await handleOf(wake).fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(JSON.parse(Buffer.from(payload?.data ?? []).toString())).toEqual({
      v: 1,
      workspaceId: wake.workspaceId,
      pageId: wake.pageId,
      subscriberId: wake.ownerId,
      timelineUrl: `https://herald.example.com/v1/subscribers/${wake.ownerId}/timeline`,
    });
    expect(await signalsOf(wake)).toEqual([['optedIn', [wake.args]]]);
    await handleOf(wake).terminate();
  });

  it('goes to the open workflow, and starts another once that has ended', async () => {
    const wake = aWake('campaign');
    await signals().signalWithStart(wake);
    await signals().signalWithStart({ ...wake, signal: 'pause' });
    expect(await signalsOf(wake)).toEqual([
      ['refresh', []],
      ['pause', []],
    ]);
    await handleOf(wake).terminate();
    await signals().signalWithStart(wake);
    expect(await signalsOf(wake)).toHaveLength(1);
    await handleOf(wake).terminate();
  });

  it('for an open workflow starts none', async () => {
    const wake = aWake('subscriber', { signal: 'campaignOutcome', args: { campaignId: 'c', state: 'held' } });
    expect(await signals().signalOpen(wake)).toBe(false);
    await signals().signalWithStart({ ...wake, signal: 'refresh', args: {} });
    expect(await signals().signalOpen(wake)).toBe(true);
    await handleOf(wake).terminate();
    expect(await signals().signalOpen(wake)).toBe(false);
  });
});
