import { campaignMovesTo } from '../../../domain/campaign/campaign-transitions';
import { pageRestrictedSignal } from '../../../workflows/campaign/campaign.contract';
import { refreshSignal } from '../../../workflows/shared/lifecycle.contract';
import { rows } from '../../persistence/database';
import type { MetaEvent } from '../../webhooks/meta/meta-event';
import type { InboxRow } from '../inbox-row';
import { openBody } from '../stored-event';
import type { Applier, GroupContext } from './group-context';

type PolicyFacts = NonNullable<MetaEvent['policy']>;

/** What a block of the Page is called in `pages.restriction`. */
const BLOCKED = 'page_blocked';

/**
 * Meta restricts a Page or lets it go again: the newest word counts, of two at one moment the block; the campaigns
 * of the Page are told.
 */
export const applyPolicies: Applier = async (context, events) => {
  for (const row of events) {
    const { policy } = openBody(row, context.envelope);
    const isKnown = policy !== undefined && ['block', 'unblock', 'warning'].includes(policy.action);
    context.settlements.push({ row, state: isKnown ? 'done' : 'ignored' });
    if (isKnown && (await restrict(context, row, policy))) await tellCampaigns(context, row, policy);
  }
};

const RESTRICT = `
UPDATE pages
   SET restriction = CASE $4 WHEN 'block' THEN $5 END,
       restriction_reason = CASE $4 WHEN 'block' THEN COALESCE($6, restriction_reason) END,
       restricted_at = $3, updated_at = now()
 WHERE workspace_id = $1 AND id = $2 AND disconnected_at IS NULL
   AND (restricted_at IS NULL OR restricted_at < $3 OR (restricted_at = $3 AND $4 = 'block'))
RETURNING id`;

const WARN = `
UPDATE pages SET restriction_reason = COALESCE($4, restriction_reason), updated_at = now()
 WHERE workspace_id = $1 AND id = $2 AND disconnected_at IS NULL
   AND restriction IS NULL AND (restricted_at IS NULL OR restricted_at < $3)`;

/**
 * A warning restricts nothing and has no say in when the Page was restricted, else an older block that it overtook would
 * be ignored; its reason is kept where no block has one, so that an operator sees it coming. What bars a disconnected
 * Page is not Meta's to lift.
 *
 * @returns whether the Page was restricted or let go
 */
async function restrict({ manager }: GroupContext, row: InboxRow, { action, reason }: PolicyFacts): Promise<boolean> {
  const word = [row.workspaceId, row.pageId, new Date(row.eventAtMs)];
  if (action === 'warning') {
    await rows(manager, WARN, [...word, reason ?? null]);
    return false;
  }
  const changed = await rows(manager, RESTRICT, [...word, action, BLOCKED, reason ?? null]);
  return changed.length === 1;
}

async function tellCampaigns({ manager, wakes }: GroupContext, row: InboxRow, { action }: PolicyFacts): Promise<void> {
  const campaigns = await rows<{ id: string }>(
    manager,
    `SELECT id FROM campaigns
      WHERE workspace_id = $1 AND page_id = $2 AND NOT hidden AND state = ANY($3) ORDER BY id`,
    [row.workspaceId, row.pageId, campaignMovesTo('ended', 'end')],
  );
  const signal =
    action === 'block'
      ? { signal: pageRestrictedSignal.name, args: { restriction: BLOCKED } }
      : { signal: refreshSignal.name };
  for (const { id } of campaigns) {
    wakes.push({ workspaceId: row.workspaceId, pageId: row.pageId, ownerKind: 'campaign', ownerId: id, ...signal });
  }
}
