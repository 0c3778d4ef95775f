import type { Envelope } from '../security/envelope';
import type { MetaEvent } from '../webhooks/meta/meta-event';
import { readStoredEvent } from '../webhooks/meta/parse-webhook';
import type { InboxRow } from './inbox-row';

/**
 * Opens the body of a row.
 *
 * @throws Error when it was emptied, EnvelopeError when it cannot be opened
 */
export function openBody({ id, bodySealed, eventAtMs }: InboxRow, envelope: Envelope): MetaEvent {
  if (bodySealed === null) throw new Error('The body of the event was emptied.');
  const body = envelope.open(bodySealed, `inbox.body:${id}`).toString('utf8');
  return readStoredEvent(body, { metaPageId: '', object: '', eventAtMs });
}
