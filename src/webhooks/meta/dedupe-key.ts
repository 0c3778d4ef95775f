import { createHash } from 'node:crypto';
import type { MetaEventFacts } from './meta-event';
import { canonicalJson } from './canonical-json';

/**
 * The key under which an event is kept once (contract §3): `mid` and kind for messages, postbacks, echoes and
 * deliveries; tracking id and field for reads; SHA-256 over Page id and event for all else and where the id is missing.
 */
export function dedupeKey(metaPageId: string, inner: unknown, facts: MetaEventFacts): string {
  const id = ownId(facts);
  if (id !== undefined) return `${facts.kind}:${id}`;
  return `sha256:${createHash('sha256')
    .update(`${metaPageId}\n${canonicalJson(inner)}`)
    .digest('hex')}`;
}

function ownId(facts: MetaEventFacts): string | undefined {
  switch (facts.kind) {
    case 'message':
    case 'postback':
    case 'echo':
      return facts.mid;
    case 'mm_echo':
    case 'mm_delivery':
      return facts.mid ?? facts.trackingId;
    case 'mm_read':
      return facts.trackingId;
    case 'delivery':
      return facts.mids?.length === 1 ? facts.mids[0] : undefined;
    case 'opt_in':
    case 'opt_in_stop':
    case 'opt_in_resume':
    case 'read':
    case 'reaction':
    case 'referral':
    case 'mm_click':
    case 'mm_failed':
    case 'policy':
    case 'ignored':
      return undefined;
  }
}
