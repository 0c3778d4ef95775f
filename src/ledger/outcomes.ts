import type { EntityManager } from 'typeorm';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import { isoOrNull } from './moments';
import type { SendRow } from './send-row';
import { campaignOutcomeSignal } from '../../workflows/subscriber/subscriber.contract';

/**
 * Leaves for each person with an open workflow what became of a campaign for them: one outbox row a person, the newest
 * wins; the drainer signals `campaignOutcome` behind all other work.
 */
export async function leaveOutcomes(
  manager: EntityManager,
  scope: { readonly workspaceId: string; readonly pageId: string; readonly campaignId: string },
  sends: readonly SendRow[],
): Promise<void> {
  if (sends.length === 0) return;
  const newest = new Map(sends.map((send) => [send.subscriberId, send]));
  await rows(
    manager,
    `INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body)
     SELECT n.id, $1, 'campaign_outcome', 'outcome', n.owner_id, $2, n.body
       FROM jsonb_to_recordset($3::jsonb) AS n (id uuid, owner_id uuid, body jsonb) ORDER BY n.owner_id
     ON CONFLICT (kind, owner_id) WHERE kind = 'campaign_outcome' DO UPDATE
       SET body = EXCLUDED.body, tries = 0, try_at = now(), dead_at = NULL, last_error = NULL`,
    [
      scope.workspaceId,
      scope.pageId,
      JSON.stringify(
        [...newest.values()].map((send) => ({
          id: uuidV7(),
          owner_id: send.subscriberId,
          body: {
            ownerKind: 'subscriber',
            signal: campaignOutcomeSignal.name,
            args: {
              campaignId: scope.campaignId,
              state: send.state,
              ...(send.ruleId !== null && { ruleId: send.ruleId }),
              ...(send.allowedAtMs !== null && { slotOpensAt: isoOrNull(send.allowedAtMs) }),
            },
          },
        })),
      ),
    ],
  );
}
