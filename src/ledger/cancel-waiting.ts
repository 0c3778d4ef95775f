import type { EntityManager } from 'typeorm';
import type { SendReason } from '../../domain/delivery/send-reasons';
import type { RuleId } from '../../domain/rules/rule';
import type { DecisionFacts } from '../../domain/shared/facts';
import type { Wake } from '../outbox/wake';
import { wakeAll } from '../outbox/wake';
import { rows } from '../persistence/database';
import { lockPeople } from './people';
import type { GiveBack } from './put-back';
import { giveBackRows } from './put-back';
import type { FoundSend } from './send-row';
import { UNDECIDED } from './send-row';

/** Which of a person's messages are cancelled, and why. */
export interface Cancellation {
  readonly workspaceId: string;
  readonly pageId: string;
  readonly subscriberId: string;
  readonly reason: SendReason;
  readonly ruleId: RuleId | null;
  /** What the rule looked at. */
  readonly facts?: DecisionFacts;
  /** Only these; without them everything that waits. */
  readonly sendIds?: readonly string[];
}

/** Cancels what waits for a person, slot and money back, one campaign after the other. @returns how many messages */
export async function cancelWaitingSends(manager: EntityManager, cancellation: Cancellation): Promise<number> {
  const { workspaceId, subscriberId, sendIds } = cancellation;
  await lockPeople(manager, workspaceId, [subscriberId]);
  const found = await rows<FoundSend & { campaign_id: string }>(
    manager,
    `SELECT id, campaign_id, subscriber_id FROM sends
      WHERE workspace_id = $1 AND subscriber_id = $2 AND state IN ('queued', 'held', 'claimed')
        AND ($3::uuid[] IS NULL OR id = ANY($3)) ORDER BY campaign_id, id`,
    [workspaceId, subscriberId, sendIds ?? null],
  );
  const wakes: Wake[] = [];
  let cancelled = 0;
  for (const campaignId of new Set(found.map((send) => send.campaign_id))) {
    const ofCampaign = found.filter((send) => send.campaign_id === campaignId);
    const given = await giveBackRows(manager, { workspaceId, campaignId }, ofCampaign, toCancelled(cancellation));
    cancelled += given.moved.length;
    wakes.push(...given.wakes);
  }
  await wakeAll(manager, wakes);
  return cancelled;
}

const toCancelled = ({ reason, ruleId, facts }: Cancellation): GiveBack => ({
  by: 'close_out',
  after: (row) =>
    row.state === 'queued' || row.state === 'held' || row.state === 'claimed'
      ? { ...row, ...UNDECIDED, state: 'cancelled', reason, ruleId, facts: facts ?? null }
      : null,
});
