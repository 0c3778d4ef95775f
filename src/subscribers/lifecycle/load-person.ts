import type { EntityManager } from 'typeorm';
import type { SubscriberIds, SubscriberPlan } from '../../../activities/subscriber.ports';
import type { Consent } from '../../../domain/subscriber/consent';
import { isoOrNull, msOrNull } from '../../ledger/moments';
import { rows } from '../../persistence/database';

/** The person as the plan of their workflow needs them. */
export interface PlannedPerson {
  readonly consent: Consent;
  readonly optOutOwed: boolean;
  readonly windowUntilMs: number | null;
  readonly token: SubscriberPlan['token'];
}

interface StoredPerson {
  consent: Consent;
  opt_out_owed: boolean;
  window_until: Date | null;
  token_id: string | null;
  lane: string | null;
  expires_at: Date | null;
}

const SELECT = `
SELECT s.consent, s.window_until, t.id AS token_id, t.lane, t.expires_at,
       s.consent = 'revoked' AND (s.opt_out_done_at IS NULL OR s.opt_out_done_at < s.consent_at) AS opt_out_owed
  FROM subscribers s
  LEFT JOIN subscriber_tokens t ON t.id = s.token_id AND t.workspace_id = s.workspace_id AND t.state = 'active'
 WHERE s.workspace_id = $1 AND s.id = $2`;

/** Reads the person. @returns null when there is none */
export async function loadPerson(manager: EntityManager, ids: SubscriberIds): Promise<PlannedPerson | null> {
  const [stored] = await rows<StoredPerson>(manager, SELECT, [ids.workspaceId, ids.subscriberId]);
  if (stored === undefined) return null;
  return {
    consent: stored.consent,
    optOutOwed: stored.opt_out_owed,
    windowUntilMs: msOrNull(stored.window_until),
    token:
      stored.token_id === null
        ? null
        : { tokenId: stored.token_id, lane: stored.lane ?? 'paid', expiresAt: isoOrNull(msOrNull(stored.expires_at)) },
  };
}

/** The topics a person is opted in to, oldest first. */
export async function loadTopics(manager: EntityManager, ids: SubscriberIds): Promise<SubscriberPlan['topics']> {
  const stored = await rows<{ id: string; title: string; opted_in_at: Date }>(
    manager,
    `SELECT t.id, t.title, s.opted_in_at
       FROM subscriber_topics s JOIN topics t ON t.id = s.topic_id AND t.workspace_id = s.workspace_id
      WHERE s.workspace_id = $1 AND s.subscriber_id = $2 AND s.ended_at IS NULL ORDER BY s.opted_in_at, t.id`,
    [ids.workspaceId, ids.subscriberId],
  );
  return stored.map(({ id, title, opted_in_at }) => ({ id, title, sinceMs: opted_in_at.getTime() }));
}

/** Opt-ins whose proof the drainer wrote and whose token still lies in the inbox, oldest first. */
export async function loadOptInsOwed(manager: EntityManager, ids: SubscriberIds): Promise<string[]> {
  const owed = await rows<{ id: string }>(
    manager,
    `SELECT i.id FROM consent_events c JOIN inbox i ON i.id = c.inbox_id AND i.workspace_id = c.workspace_id
      WHERE c.workspace_id = $1 AND c.subscriber_id = $2 AND c.kind = 'opt_in' AND i.state = 'applied'
      ORDER BY i.event_at, i.id`,
    [ids.workspaceId, ids.subscriberId],
  );
  return owed.map(({ id }) => id);
}
