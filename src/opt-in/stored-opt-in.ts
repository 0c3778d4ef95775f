import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { EnvelopeError } from '../security/envelope';
import { readStoredEvent } from '../webhooks/meta/parse-webhook';

/** An opt-in as it lies in the inbox, with the topic its proof names. The token is personal data. */
export interface StoredOptIn {
  readonly inboxId: string;
  /** Event time, milliseconds (UTC). */
  readonly atMs: number;
  readonly topicId: string | null;
  /** Null where Meta only says that an earlier subscription goes on, or where the body cannot be read. */
  readonly token: string | null;
  readonly expiresAtMs: number | null;
  readonly timeZone: string | null;
}

interface StoredRow {
  event_at: Date;
  body_sealed: Buffer | null;
  meta_page_id: string;
  topic_id: string | null;
}

/** Reads an opt-in that waits for its token to be stored. @returns null when it was stored before */
export async function readOptIn(
  manager: EntityManager,
  envelope: Envelope,
  ids: SubscriberIds,
  inboxId: string,
): Promise<StoredOptIn | null> {
  const [stored] = await rows<StoredRow>(
    manager,
    `SELECT i.event_at, i.body_sealed, p.meta_page_id, c.topic_id
       FROM inbox i JOIN pages p ON p.id = i.page_id AND p.workspace_id = $1
       JOIN consent_events c ON c.workspace_id = $1 AND c.subscriber_id = $2 AND c.inbox_id = i.id AND c.kind = 'opt_in'
      WHERE i.workspace_id = $1 AND i.id = $3 AND i.state = 'applied'`,
    [ids.workspaceId, ids.subscriberId, inboxId],
  );
  if (stored === undefined) return null;
  const said = readBody(envelope, stored, inboxId);
  return { inboxId, atMs: stored.event_at.getTime(), topicId: stored.topic_id, ...said };
}

const UNREADABLE = { token: null, expiresAtMs: null, timeZone: null } as const;

/** A key that is missing from the ring is tried again; a body that is broken is not, and its consent still stands. */
function readBody(
  envelope: Envelope,
  { body_sealed: sealed, meta_page_id: metaPageId, event_at: eventAt }: StoredRow,
  inboxId: string,
): Pick<StoredOptIn, 'token' | 'expiresAtMs' | 'timeZone'> {
  if (sealed === null) return UNREADABLE;
  try {
    const body = envelope.open(sealed, `inbox.body:${inboxId}`).toString();
    const event = readStoredEvent(body, { metaPageId, object: 'page', eventAtMs: eventAt.getTime() });
    return {
      token: event.token ?? null,
      expiresAtMs: event.optIn?.tokenExpiresAtMs ?? null,
      timeZone: event.optIn?.timeZone ?? null,
    };
  } catch (error) {
    if (error instanceof EnvelopeError && error.reason === 'unknown_key') throw error;
    return UNREADABLE;
  }
}

/** Marks an opt-in as stored and empties its body. @returns false when somebody else has done so */
export async function emptyOptIn(manager: EntityManager, ids: SubscriberIds, inboxId: string): Promise<boolean> {
  const emptied = await rows(
    manager,
    `UPDATE inbox SET state = 'done', body_sealed = NULL
      WHERE workspace_id = $1 AND id = $2 AND state = 'applied' RETURNING id`,
    [ids.workspaceId, inboxId],
  );
  return emptied.length === 1;
}
