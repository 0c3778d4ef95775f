import type { EntityManager } from 'typeorm';
import type { OptInMessage, SubscriberIds } from '../../activities/subscriber.ports';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { payloadOf } from './opt-in-payload';

interface StoredMessage {
  meta_page_id: string;
  token_sealed: Buffer;
  page_time_zone: string;
  psid_sealed: Buffer | null;
  time_zone: string | null;
  topic_id: string;
  title: string;
  image_url: string | null;
  image_aspect_ratio: string | null;
  cta_text: string | null;
  payload: string | null;
}

/** Opens what a request to Meta needs. @returns null for a person without a PSID: nobody to ask in a conversation */
export async function openOptInMessage(
  manager: EntityManager,
  envelope: Envelope,
  { workspaceId, pageId, subscriberId }: SubscriberIds,
  topicId: string,
): Promise<Omit<OptInMessage, 'leaveBeforeMs'> | null> {
  const [stored] = await rows<StoredMessage>(
    manager,
    `SELECT p.meta_page_id, p.token_sealed, p.time_zone AS page_time_zone, s.psid_sealed, s.time_zone, t.id AS topic_id,
            t.title, t.image_url, t.image_aspect_ratio, t.cta_text, t.payload
       FROM subscribers s JOIN pages p ON p.id = s.page_id AND p.workspace_id = $1
       JOIN topics t ON t.id = $4 AND t.workspace_id = $1
      WHERE s.workspace_id = $1 AND s.page_id = $2 AND s.id = $3`,
    [workspaceId, pageId, subscriberId, topicId],
  );
  if (stored?.psid_sealed == null) return null;
  return {
    metaPageId: stored.meta_page_id,
    pageToken: envelope.open(stored.token_sealed, `pages.token:${pageId}`).toString(),
    psid: envelope.open(stored.psid_sealed, `subscribers.psid:${pageId}`).toString(),
    title: stored.title,
    imageUrl: stored.image_url,
    imageAspectRatio: stored.image_aspect_ratio,
    timeZone: stored.time_zone ?? stored.page_time_zone,
    ctaText: stored.cta_text,
    payload: payloadOf({ id: stored.topic_id, payload: stored.payload }),
  };
}
