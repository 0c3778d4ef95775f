import type { StatusEvent } from '../../ledger/apply-status-events';
import { applyStatusEvents } from '../../ledger/apply-status-events';
import { uuidV7 } from '../../security/uuid-v7';
import { groupBy } from '../../worker-loops/group-by';
import type { InboxRow } from '../inbox-row';
import type { Settlement } from '../settlement';
import type { Applier } from './group-context';
import { lookedAtAgain, unmatched } from './unmatched';

/** Ordinary messages are mostly somebody else's: theirs wait only for an answer under way, wall clock. */
const FOREIGN_AFTER_MS = 5_000;

const STATE_OF_KIND: Readonly<Record<string, StatusEvent['state'] | undefined>> = {
  mm_echo: 'accepted',
  mm_delivery: 'delivered',
  mm_read: 'read',
  mm_click: 'clicked',
  mm_failed: 'failed',
  echo: 'accepted',
  delivery: 'delivered',
  read: 'read',
};

/** Moves the ledger's messages by Meta's later word; what matches nothing may have overtaken its own answer. */
export const applyStatuses: Applier = async (context, events) => {
  for (const [workspaceId, ofWorkspace] of sorted(groupBy(events, (row) => row.workspaceId))) {
    const statuses = ofWorkspace.flatMap(statusesOf);
    const outcomes = await applyStatusEvents(
      context.manager,
      workspaceId,
      statuses.map(({ status }) => status),
      context.wakes,
    );
    const matched = new Set(
      statuses.flatMap(({ row, status }) => (outcomes.get(status.inboxId) === 'applied' ? [row.id] : [])),
    );
    for (const row of ofWorkspace) {
      context.settlements.push(matched.has(row.id) ? { row, state: 'done' } : withoutMessage(row, context.nowMs));
    }
  }
};

/** One workspace after the other, always in the same order: locks of two groups never cross. */
const sorted = <T>(groups: Map<string, T>): [string, T][] => [...groups].sort(([a], [b]) => (a < b ? -1 : 1));

interface RowStatus {
  readonly row: InboxRow;
  readonly status: StatusEvent;
}

/** One status a message: an ordinary delivery names several. */
function statusesOf(row: InboxRow): RowStatus[] {
  const { kind, keys } = row;
  const state = STATE_OF_KIND[kind];
  if (state === undefined) return [];
  if (isPaid(kind)) return [{ row, status: toStatus(row, state, keys.trackingId ?? null) }];
  return (keys.mids ?? []).map((mid) => ({ row, status: toStatus(row, state, mid) }));
}

const isPaid = (kind: string): boolean => kind.startsWith('mm_');

const toStatus = (row: InboxRow, state: StatusEvent['state'], trackingId: string | null): StatusEvent => ({
  inboxId: isPaid(row.kind) ? row.id : uuidV7(),
  pageId: row.pageId,
  state,
  trackingId,
  tokenHash: isPaid(row.kind) ? (row.keys.tokenHash ?? null) : null,
  metaCampaignId: isPaid(row.kind) ? (row.keys.metaCampaignId ?? null) : null,
  atMs: row.eventAtMs,
});

function withoutMessage(row: InboxRow, nowMs: number): Settlement {
  if (isPaid(row.kind)) return unmatched(row, nowMs);
  return row.ageMs > FOREIGN_AFTER_MS ? { row, state: 'ignored' } : lookedAtAgain(row);
}
