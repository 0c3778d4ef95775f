import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

interface HistoryEvent {
  readonly eventType: string;
  readonly userMetadata?: unknown;
  readonly [attributes: string]: unknown;
}

/** The events of a workflow's present run, with their payloads in clear. */
async function eventsOf(handle: WorkflowHandle): Promise<readonly HistoryEvent[]> {
  const history = JSON.parse(historyToJSON(await handle.fetchHistory()), inClear) as {
    readonly events: readonly HistoryEvent[];
  };
  return history.events;
}

/** Everything that stands in a history, as one text. */
export const historyText = async (handle: WorkflowHandle): Promise<string> => JSON.stringify(await eventsOf(handle));

export const hasEvent = async (handle: WorkflowHandle, eventType: string): Promise<boolean> =>
  (await eventsOf(handle)).some((event) => event.eventType === eventType);

/** The summaries of the timers that were started, in their order. */
export async function timerSummaries(handle: WorkflowHandle): Promise<readonly string[]> {
  const timers = (await eventsOf(handle)).filter((event) => event.eventType === 'EVENT_TYPE_TIMER_STARTED');
  return timers.map(({ userMetadata }) => JSON.stringify((userMetadata as { summary?: unknown } | undefined)?.summary));
}

/** Payloads stand in base64. */
function inClear(key: string, value: unknown): unknown {
  return key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value;
}
