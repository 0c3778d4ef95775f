import type { MetaEvent } from './meta-event';

/** How far a paid message has come, as one webhook tells it. */
export interface StatusEvent {
  readonly state: 'accepted' | 'delivered' | 'read' | 'clicked' | 'failed';
  readonly trackingId?: string | undefined;
  readonly token?: string | undefined;
  readonly metaCampaignId?: string | undefined;
  /** Meta's time of the event, milliseconds since the Unix epoch (UTC). */
  readonly atMs: number;
}

/** The status in an event, or nothing when it is none or names no message that could be found. */
export function statusOf(event: MetaEvent): StatusEvent | undefined {
  const state = stateOf(event);
  const { trackingId, token, metaCampaignId, eventAtMs } = event;
  const isMatchable = trackingId !== undefined || (token !== undefined && metaCampaignId !== undefined);
  return state && isMatchable ? { state, trackingId, token, metaCampaignId, atMs: eventAtMs } : undefined;
}

function stateOf({ kind }: MetaEvent): StatusEvent['state'] | undefined {
  switch (kind) {
    case 'mm_echo':
      return 'accepted';
    case 'mm_delivery':
      return 'delivered';
    case 'mm_read':
      return 'read';
    case 'mm_click':
      return 'clicked';
    case 'mm_failed':
      return 'failed';
    case 'message':
    case 'postback':
    case 'opt_in':
    case 'opt_in_stop':
    case 'opt_in_resume':
    case 'echo':
    case 'delivery':
    case 'read':
    case 'reaction':
    case 'referral':
    case 'policy':
    case 'ignored':
      return undefined;
  }
}
