import type { EntityManager } from 'typeorm';
import { payableMessages } from '../../domain/campaign/plan-batch';
import { rows } from '../persistence/database';
import type { CampaignRecord } from './campaign-record';
import { keyIs } from '../persistence/key-is';
import { readBudget, remainingMinor } from './money';
import type { FoundSend } from './send-row';

/** Chosen people, held ones whose time has come, and those whom new money reaches; read without a lock (protocol §3.1). */
export async function nextChosen(
  manager: EntityManager,
  campaign: CampaignRecord,
  size: number,
): Promise<readonly FoundSend[]> {
  const due = await rows<FoundSend>(
    manager,
    `(SELECT id, subscriber_id FROM sends
       WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'queued' ORDER BY id LIMIT $4)
     UNION ALL
     (SELECT id, subscriber_id FROM sends
       WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'held' AND due_at <= $3 ORDER BY due_at, id LIMIT $4)
     LIMIT $4`,
    [campaign.workspaceId, campaign.id, new Date(campaign.nowMs), size],
  );
  return due.length > 0 || campaign.whenBudgetUsedUp === 'refuse' ? due : heldForMoney(manager, campaign, size);
}

async function heldForMoney(manager: EntityManager, campaign: CampaignRecord, size: number): Promise<FoundSend[]> {
  const counters = await readBudget(manager, campaign.workspaceId, campaign.id);
  const payable = counters === null ? 0 : payableMessages(remainingMinor(counters), campaign.unitCostMinor ?? 0);
  return rows<FoundSend>(
    manager,
    `SELECT id, subscriber_id FROM sends
      WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'held' AND due_at IS NULL ORDER BY id LIMIT $3`,
    [campaign.workspaceId, campaign.id, Math.min(size, payable)],
  );
}

/** The next people of an audience, in the order of their ids. */
export interface AudiencePart {
  /** Where the last batch ended; null at the beginning. */
  readonly fromId: string | null;
  readonly ids: readonly string[];
}

/** Reads on where the last batch of this pass ended; batches are written in the order of the walk. */
export async function nextOfAudience(
  manager: EntityManager,
  campaign: CampaignRecord,
  pass: number,
  size: number,
): Promise<AudiencePart> {
  const people = await rows<{ subscriber_id: string; from_id: string | null }>(
    manager,
    `WITH walked AS MATERIALIZED (
       SELECT to_id FROM batches
        WHERE workspace_id = $1 AND campaign_id = $2 AND kind = 'audience' AND pass = $3 AND to_id IS NOT NULL
        ORDER BY to_id DESC LIMIT 1
     )
     SELECT subscriber_id, (SELECT to_id FROM walked) AS from_id FROM campaign_audience
      WHERE workspace_id = $1 AND campaign_id = $2
        AND subscriber_id > coalesce((SELECT to_id FROM walked), '00000000-0000-0000-0000-000000000000')
      ORDER BY subscriber_id LIMIT $4`,
    [campaign.workspaceId, campaign.id, pass, size],
  );
  return { fromId: people[0]?.from_id ?? null, ids: people.map((person) => person.subscriber_id) };
}

/** People who were chosen by name already have their row. */
export async function withoutRow(
  manager: EntityManager,
  campaign: CampaignRecord,
  ids: readonly string[],
): Promise<string[]> {
  const existing = await rows<{ subscriber_id: string }>(
    manager,
    `WITH wanted AS MATERIALIZED (
       SELECT $2::uuid AS of_campaign, $3::uuid AS message_id, unnest($4::uuid[]) AS person_id
     )
     SELECT subscriber_id FROM wanted
       JOIN sends ON ${keyIs('subscriber_id', 'person_id')} AND ${keyIs('campaign_id', 'of_campaign')}
        AND ${keyIs('campaign_message_id', 'message_id')}
      WHERE workspace_id = $1`,
    [campaign.workspaceId, campaign.id, campaign.messageId, ids],
  );
  const known = new Set(existing.map((send) => send.subscriber_id));
  return ids.filter((id) => !known.has(id));
}
