import type { World } from '../model/world';
import { emit } from './emit';

/** What Meta does to a Page that breaks its policies. */
export type PolicyAction = 'warning' | 'block' | 'unblock';

/** Tells the apps that Meta's policy was enforced on a Page; an unblock has no reason. */
export function emitPolicy(world: World, pageId: string, atMs: number, action: PolicyAction, reason: string): void {
  const enforcement = action === 'unblock' ? { action } : { action, reason };
  const event = { recipient: { id: pageId }, timestamp: atMs, policy_enforcement: enforcement };
  emit(world, { pageId, field: 'messaging_policy_enforcement', atMs, list: 'messaging', event });
}
