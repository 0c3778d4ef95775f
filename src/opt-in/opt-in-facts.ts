import type { EntityManager } from 'typeorm';
import type { PageRestriction, Platform } from '../../domain/delivery/send-facts';
import type {
  OptInRequestFacts,
  OptInRequestState,
  PastOptInRequest,
  TopicKind,
} from '../../domain/subscriber/opt-in-request';
import { KINDS_COMPARED_MS, OPT_IN_COOLDOWN_MS } from '../../domain/rules/opt-in-rules';
import type { Consent } from '../../domain/subscriber/consent';
import { restrictionOf } from '../ledger/decide';
import { msOrNull } from '../ledger/moments';
import type { RestrictedBy } from '../ledger/people';
import { rows } from '../persistence/database';

/** Who would be asked for what. */
export interface OptInQuestion {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
  readonly topicId: string;
}

/** What decides whether the person may be asked; without the caller's wish. */
export type AskableFacts = Omit<OptInRequestFacts, 'whenNotAllowed'>;

interface StoredFacts {
  title_key: string;
  image_url: string | null;
  kinds: TopicKind[];
  platform: Platform;
  restriction: RestrictedBy | null;
  restriction_reason: string | null;
  consent: Consent;
  consent_at: Date | null;
  window_until: Date | null;
  opted_in: boolean;
}

/** Loads the facts of a request; lock the person first. @returns null when the Page has no such topic or person any more */
export async function loadOptInFacts(
  manager: EntityManager,
  question: OptInQuestion,
  nowMs: number,
): Promise<AskableFacts | null> {
  const [stored] = await rows<StoredFacts>(
    manager,
    `SELECT t.title_key, t.image_url, t.kinds, p.platform, p.restriction, p.restriction_reason, s.consent, s.consent_at,
            s.window_until, EXISTS (SELECT FROM subscriber_topics x WHERE x.workspace_id = $1 AND x.subscriber_id = s.id
                                     AND x.topic_id = t.id AND x.ended_at IS NULL) AS opted_in
       FROM subscribers s JOIN pages p ON p.id = s.page_id AND p.workspace_id = $1
       JOIN topics t ON t.id = $4 AND t.page_id = s.page_id AND t.workspace_id = $1 AND t.deleted_at IS NULL
      WHERE s.workspace_id = $1 AND s.page_id = $2 AND s.id = $3`,
    [question.workspaceId, question.pageId, question.subscriberId, question.topicId],
  );
  if (stored === undefined) return null;
  return {
    topic: { titleKey: stored.title_key, imageUrl: stored.image_url, kinds: stored.kinds },
    requests: await loadPastRequests(manager, question, nowMs),
    windowUntilMs: msOrNull(stored.window_until),
    platform: stored.platform,
    restriction: withReason(restrictionOf(stored), stored.restriction_reason),
    alreadyOptedInToTopic: stored.opted_in,
    leftAtMs: stored.consent === 'revoked' ? msOrNull(stored.consent_at) : null,
  };
}

/** Meta's reason in Meta's words. */
const withReason = (restriction: PageRestriction | null, reason: string | null): PageRestriction | null =>
  restriction === null ? null : { ...restriction, reason };

interface StoredPastRequest {
  title_key: string;
  image_url: string | null;
  kinds: TopicKind[];
  asked_at: Date;
  state: OptInRequestState;
}

/** Rules look back at most this far. */
const LOOK_BACK_MS = Math.max(OPT_IN_COOLDOWN_MS, KINDS_COMPARED_MS);

async function loadPastRequests(
  manager: EntityManager,
  { workspaceId, subscriberId }: OptInQuestion,
  nowMs: number,
): Promise<PastOptInRequest[]> {
  const stored = await rows<StoredPastRequest>(
    manager,
    `SELECT title_key, image_url, kinds, asked_at, state FROM opt_in_requests
      WHERE workspace_id = $1 AND subscriber_id = $2 AND asked_at > $3 ORDER BY id`,
    [workspaceId, subscriberId, new Date(nowMs - LOOK_BACK_MS)],
  );
  return stored.map((request) => ({
    titleKey: request.title_key,
    imageUrl: request.image_url,
    kinds: request.kinds,
    sentAtMs: request.asked_at.getTime(),
    state: request.state,
  }));
}
