import { windowAfter } from '../../../domain/subscriber/window';
import { rows } from '../../persistence/database';
import { inboundSignal } from '../../../workflows/subscriber/subscriber.contract';
import type { InboxRow } from '../inbox-row';
import type { Applier, GroupContext } from './group-context';

/**
 * Messages, postbacks, reactions and link starts open the window for 24 h from the latest of them, a reply to a
 * marketing message as any other. Only workflows that wait for it are woken.
 */
export const openWindows: Applier = async (context, events) => {
  const opened = latestActions(context, events);
  if (opened.size === 0) return;
  const actions = [...opened.values()].sort((a, b) => (a.subscriberId < b.subscriberId ? -1 : 1));
  const waiting = await rows<{ id: string }>(
    context.manager,
    `WITH opened AS (
       UPDATE subscribers s SET window_until = n.until, rev = s.rev + 1, updated_at = now()
         FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS n (id, workspace_id, until)
        WHERE s.id = n.id AND s.workspace_id = n.workspace_id AND (s.window_until IS NULL OR s.window_until < n.until)
       RETURNING s.id, s.workspace_id, s.awaits_inbound
     ) SELECT id FROM opened WHERE awaits_inbound`,
    [
      actions.map(({ subscriberId }) => subscriberId),
      actions.map(({ row }) => row.workspaceId),
      actions.map(({ row }) => new Date(windowAfter(null, 'message', row.eventAtMs) ?? row.eventAtMs)),
    ],
  );
  for (const { id } of waiting) wakeInbound(context, opened.get(id));
};

interface Action {
  readonly subscriberId: string;
  readonly row: InboxRow;
}

function latestActions(context: GroupContext, events: readonly InboxRow[]): Map<string, Action> {
  const latest = new Map<string, Action>();
  for (const row of events) {
    const subscriberId = context.people.get(row.id);
    context.settlements.push({ row, state: 'done' });
    if (subscriberId === undefined || row.keys.windowOpens === undefined) continue;
    const before = latest.get(subscriberId);
    if (before === undefined || before.row.eventAtMs < row.eventAtMs) latest.set(subscriberId, { subscriberId, row });
  }
  return latest;
}

function wakeInbound(context: GroupContext, action: Action | undefined): void {
  if (action === undefined) return;
  const { subscriberId, row } = action;
  context.wakes.push({
    workspaceId: row.workspaceId,
    pageId: row.pageId,
    ownerKind: 'subscriber',
    ownerId: subscriberId,
    signal: inboundSignal.name,
    args: { at: new Date(row.eventAtMs).toISOString() },
  });
}
