import { createHash } from 'node:crypto';
import type { Envelope } from '../security/envelope';
import type { LookupHash } from '../security/lookup-hash';
import { uuidV7 } from '../security/uuid-v7';
import type { MetaEvent } from '../webhooks/meta/meta-event';
import type { InboxKeys } from './inbox-keys';
import { inboxLane } from './inbox-lane';

/** A Page of one workspace, as `find_pages` gives it. */
export interface KnownPage {
  readonly pageId: string;
  readonly workspaceId: string;
  readonly optOutWords: readonly string[];
  readonly standing: 'connected' | 'disconnected' | 'connecting';
}

/** An event at one Page, not stored yet. */
export interface ArrivedEvent {
  readonly id: string;
  readonly page: KnownPage;
  readonly event: MetaEvent;
  /** 32 bytes; equal for the same event delivered twice. */
  readonly dedupeKey: Buffer;
  readonly keys: InboxKeys;
}

/** A row of `inbox`. */
export interface NewInboxRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly pageId: string;
  readonly lane: number;
  readonly kind: string;
  readonly eventAtMs: number;
  readonly bodySealed: Buffer | null;
  readonly keys: InboxKeys;
  readonly state: 'pending' | 'done' | 'ignored';
}

/** Takes an event in at a Page: its ids become keyed hashes. */
export function arriveAt(page: KnownPage, event: MetaEvent, lookup: LookupHash): ArrivedEvent {
  const { psid, token, mid, mids, trackingId, metaCampaignId, windowOpens } = event;
  const messageIds = mids ?? (mid === undefined ? [] : [mid]);
  return {
    id: uuidV7(),
    page,
    event,
    dedupeKey: createHash('sha256').update(event.dedupeKey).digest(),
    keys: {
      ...(psid !== undefined && { psidHash: lookup.of('psid', psid, page.pageId).toString('hex') }),
      ...(token !== undefined && { tokenHash: lookup.of('token', token, page.pageId).toString('hex') }),
      ...(messageIds.length > 0 && { mids: messageIds }),
      ...(trackingId !== undefined && { trackingId }),
      ...(metaCampaignId !== undefined && { metaCampaignId }),
      ...(windowOpens && { windowOpens }),
    },
  };
}

/** The row of a new event; nothing of its body is kept of what is already applied. */
export function toInboxRow(
  { id, page, event, keys }: ArrivedEvent,
  envelope: Envelope,
  isForeign: boolean,
): NewInboxRow {
  const state = isForeign ? 'ignored' : stateOnArrival(event, keys);
  return {
    id,
    workspaceId: page.workspaceId,
    pageId: page.pageId,
    lane: inboxLane(page.pageId, keys.tokenHash ?? keys.psidHash),
    kind: event.kind,
    eventAtMs: event.eventAtMs,
    bodySealed: state === 'done' ? null : envelope.seal(event.body, `inbox.body:${id}`),
    keys,
    state,
  };
}

/**
 * What is left for the drainer to do: opt-outs are applied in the commit that stores them, those by token alone only
 * where somebody has the token by then.
 */
function stateOnArrival({ kind, policy }: MetaEvent, keys: InboxKeys): NewInboxRow['state'] {
  const isOf = (isKnown: boolean): NewInboxRow['state'] => (isKnown ? 'pending' : 'ignored');
  switch (kind) {
    case 'message':
    case 'postback':
    case 'reaction':
    case 'referral':
      return keys.windowOpens === undefined ? 'done' : isOf(keys.psidHash !== undefined);
    case 'opt_in':
      return isOf(keys.tokenHash !== undefined);
    case 'opt_in_resume':
      return isOf(keys.tokenHash !== undefined || keys.psidHash !== undefined);
    case 'opt_in_stop':
      return keys.psidHash === undefined ? isOf(keys.tokenHash !== undefined) : 'done';
    case 'mm_echo':
    case 'mm_delivery':
    case 'mm_read':
    case 'mm_click':
    case 'mm_failed':
      return isOf(keys.trackingId !== undefined || (keys.tokenHash !== undefined && keys.metaCampaignId !== undefined));
    case 'echo':
    case 'delivery':
    case 'read':
      return isOf(keys.mids !== undefined);
    case 'policy':
      return isOf(policy !== undefined);
    case 'ignored':
      return 'ignored';
  }
}
