import { historyToJSON } from '@temporalio/common/lib/proto-utils';

type History = Parameters<typeof historyToJSON>[0];

/** A history as it is saved for replay: one event a line, and nothing that names the machine that ran it. */
export function historyText(history: History): string {
  const { events } = JSON.parse(historyToJSON(history), withoutMachines) as { readonly events: readonly unknown[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

/** Identities, sticky queues and stack traces name the machine that ran it; replay needs none of them. */
function withoutMachines(key: string, value: unknown): unknown {
  if (key === 'identity' || key === 'stackTrace') return '';
  if (key === 'taskQueue' && (value as { kind?: unknown }).kind === 'TASK_QUEUE_KIND_STICKY') {
    return { ...(value as object), name: 'sticky' };
  }
  return value;
}
