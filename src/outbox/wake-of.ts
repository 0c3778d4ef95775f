import type { OwnerKind } from '../../workflows/shared/names';
import type { OutboxRow } from './outbox-rows';
import type { Wake } from './wake';
import type { WorkflowOwner } from './workflow-signals';

/** The signal that an outbox row promises, as `wakeAll`, `apply_opt_outs` and the ledger write it. */
export function wakeOf({ workspaceId, pageId, ownerId, body }: OutboxRow): Wake {
  const { ownerKind, signal, args } = body as { ownerKind: OwnerKind; signal: string; args?: Record<string, unknown> };
  return { workspaceId, pageId, ownerKind, ownerId, signal, args: args ?? {} };
}

/** Whose workflow an outbox row concerns. */
export const ownerOf = ({ pageId, ownerId, body }: OutboxRow): WorkflowOwner => ({
  pageId,
  ownerId,
  ownerKind: (body as { ownerKind: OwnerKind }).ownerKind,
});
