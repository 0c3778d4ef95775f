import type { EntityManager } from 'typeorm';
import { wakeAll } from '../outbox/wake';
import { rows } from '../persistence/database';
import type { CampaignRecord } from './campaign-record';
import { isoOrNull } from './moments';
import { leaveOutcomes } from './outcomes';
import type { PersonRecord } from './people';
import type { SendRow } from './send-row';
import { isOfOnePerson } from './send-row';
import { messageHeldSignal } from '../../workflows/subscriber/subscriber.contract';

/** What a claim decided against sending. */
export interface NotClaimed {
  readonly held: readonly SendRow[];
  readonly refused: readonly SendRow[];
  /** Up to this many of a campaign's held people wait in their own workflow too. */
  readonly holdWorkflowMax: number;
}

/** Tells the people's own workflows: some of the held wait there too, and open ones learn what became of the campaign. */
export async function tellAfterClaim(
  manager: EntityManager,
  campaign: CampaignRecord,
  people: ReadonlyMap<string, PersonRecord>,
  { held, refused, holdWorkflowMax }: NotClaimed,
): Promise<void> {
  const { workspaceId, pageId, id: campaignId } = campaign;
  await wakeHeld(manager, campaign, held, holdWorkflowMax);
  const told = [...held, ...refused].filter((send) => people.get(send.subscriberId)?.workflowOpen === true);
  await leaveOutcomes(manager, { workspaceId, pageId, campaignId }, told);
}

/** A few of a campaign's held people, and always those asked for singly, where an operator sees them (protocol §6). */
async function wakeHeld(
  manager: EntityManager,
  { workspaceId, pageId, id: campaignId }: CampaignRecord,
  held: readonly SendRow[],
  holdWorkflowMax: number,
): Promise<void> {
  if (held.length === 0) return;
  const [known] = await rows<{ count: number }>(
    manager,
    `SELECT count(*) AS count FROM (SELECT FROM sends
      WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'held' LIMIT $3) AS held`,
    [workspaceId, campaignId, holdWorkflowMax + held.length],
  );
  const room = Math.max(0, holdWorkflowMax - ((known?.count ?? 0) - held.length));
  await wakeAll(
    manager,
    held
      .filter((send, index) => index < room || isOfOnePerson(send))
      .map((send) => ({
        workspaceId,
        pageId,
        ownerKind: 'subscriber',
        ownerId: send.subscriberId,
        signal: messageHeldSignal.name,
        args: { sendId: send.id, campaignId, dueAt: isoOrNull(send.dueAtMs) },
      })),
  );
}
