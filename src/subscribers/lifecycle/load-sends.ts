import type { EntityManager } from 'typeorm';
import type { CampaignState } from '../../../domain/campaign/campaign-transitions';
import { latestMs } from '../../../domain/shared/facts';
import type { LastOutcome, SubscriberIds, WaitingSend } from '../../../activities/subscriber.ports';
import { isoOrNull, msOrNull } from '../../ledger/moments';
import { rows } from '../../persistence/database';

interface StoredSend {
  id: string;
  campaign_id: string;
  state: WaitingSend['state'];
  due_at: Date | null;
  rule_id: string | null;
  hidden: boolean;
  campaign_state: CampaignState;
  claims_from: Date | null;
}

/**
 * Reads the messages that wait for this person: everything held, and what was asked for this person alone. People whom a
 * call to a campaign chose are the campaign's to queue.
 */
export async function loadSends(manager: EntityManager, ids: SubscriberIds, nowMs: number): Promise<WaitingSend[]> {
  const stored = await rows<StoredSend>(
    manager,
    `SELECT s.id, s.campaign_id, s.state, s.due_at, s.rule_id, c.hidden, c.state AS campaign_state, c.claims_from
       FROM sends s JOIN campaigns c ON c.id = s.campaign_id AND c.workspace_id = s.workspace_id
      WHERE s.workspace_id = $1 AND s.subscriber_id = $2
        AND (s.state = 'held' OR (s.state = 'queued' AND (c.hidden OR s.choice_id IS NULL)))
      ORDER BY s.id`,
    [ids.workspaceId, ids.subscriberId],
  );
  return stored.map((send) => ({
    sendId: send.id,
    campaignId: send.campaign_id,
    state: send.state,
    dueAtMs: dueAtMs(send, nowMs),
    ruleId: send.rule_id,
  }));
}

/**
 * What is due while its campaign may not send is left to the campaign, which sends it once it may; until then the person
 * waits for their slot, whatever state the campaign is in: it may well be active by that time.
 */
function dueAtMs(send: StoredSend, nowMs: number): number | null {
  const ownMs = send.state === 'queued' ? nowMs : msOrNull(send.due_at);
  if (ownMs === null) return null;
  const dueMs = latestMs(ownMs, msOrNull(send.claims_from));
  const maySend = send.hidden || send.campaign_state === 'active';
  return maySend || (dueMs !== null && dueMs > nowMs) ? dueMs : null;
}

interface StoredOutcome {
  campaign_id: string;
  state: string;
  rule_id: string | null;
  allowed_at: Date | null;
  at: Date;
}

/** Reads what became of the newest campaign message of a person. */
export async function loadLastOutcome(manager: EntityManager, ids: SubscriberIds): Promise<LastOutcome | null> {
  const [stored] = await rows<StoredOutcome>(
    manager,
    `SELECT s.campaign_id, s.state, s.rule_id, s.allowed_at, h.at
       FROM sends s JOIN campaigns c ON c.id = s.campaign_id AND c.workspace_id = s.workspace_id AND NOT c.hidden
      CROSS JOIN LATERAL (SELECT at FROM send_states WHERE workspace_id = $1 AND send_id = s.id ORDER BY seq DESC LIMIT 1) h
      WHERE s.workspace_id = $1 AND s.subscriber_id = $2 ORDER BY s.id DESC LIMIT 1`,
    [ids.workspaceId, ids.subscriberId],
  );
  if (stored === undefined) return null;
  const slotOpensAt = isoOrNull(msOrNull(stored.allowed_at));
  return {
    campaignId: stored.campaign_id,
    state: stored.state,
    ...(stored.rule_id !== null && { ruleId: stored.rule_id }),
    ...(slotOpensAt !== null && { slotOpensAt }),
    asOf: stored.at.toISOString(),
  };
}
