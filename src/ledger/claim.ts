import type { EntityManager } from 'typeorm';
import { batchSize, mayAddBatch } from '../../domain/campaign/plan-batch';
import type { SendDecision } from '../../domain/delivery/send-decision';
import { limitLockWaits, rows } from '../persistence/database';
import { tellAfterClaim } from './after-claim';
import type { BatchHandle, BatchKind } from './batches';
import { resumeOpenBatch, resumeSingle, shareBatch, writeBatch } from './batches';
import type { CampaignRecord, CampaignRef } from './campaign-record';
import { shareCampaign } from './campaign-record';
import { nextChosen, nextOfAudience, withoutRow } from './candidates';
import type { ContentStore } from './content-store';
import type { ClaimFacts, Decided } from './decide-claims';
import { decideAll, isClaimed, newRow, rowAfter, slotTaken } from './decide-claims';
import { readBudget, remainingMinor } from './money';
import type { PersonRecord } from './people';
import { loadPeople, lockPeople } from './people';
import type { FoundSend, SendRow } from './send-row';
import { lockPeopleAndSends } from './send-row';
import type { LedgerWrite } from './write-ledger';
import { insertSends, moveSends } from './write-ledger';

/** What a claim did. */
export interface ClaimOutcome {
  /** The batch to send, null when nobody could be claimed. */
  readonly batch: BatchHandle | null;
  readonly claimed: number;
  readonly held: number;
  readonly refused: number;
}

/** What a claim did that found nobody. */
export const NOBODY_CLAIMED: ClaimOutcome = { batch: null, claimed: 0, held: 0, refused: 0 };

/** While a claim ahead waits for a lock, nobody can halt or close the batch; longer than this it does not, milliseconds. */
const AHEAD_WAITS_MS = 1_000;

/** What a claim works with. */
export interface ClaimParts {
  readonly contents: ContentStore;
  /** Up to this many of a campaign's held people wait in their own workflow too. */
  readonly holdWorkflowMax: number;
}

/**
 * Claims the next batch of a campaign in the caller's transaction: resumes the open batch, else decides chosen and due
 * people, else the next of the audience. Nobody in the batch is left without a row or a reason (protocol §3).
 *
 * @param atMost - how many people; a probe takes one
 */
export async function claimBatch(
  manager: EntityManager,
  parts: ClaimParts,
  ref: CampaignRef,
  atMost: number,
): Promise<ClaimOutcome> {
  const open = await resumeOpenBatch(manager, ref);
  if (open !== null) return { ...NOBODY_CLAIMED, batch: open };
  const campaign = await shareCampaign(manager, ref.workspaceId, ref.campaignId);
  if (campaign === null || !mayClaim(campaign)) return NOBODY_CLAIMED;
  const size = Math.min(atMost, batchSize(rateOf(campaign)));
  const chosen = await nextChosen(manager, campaign, size);
  return chosen.length > 0
    ? claimChosen(manager, parts, campaign, chosen, 'chosen')
    : claimAudience(manager, parts, campaign, size, null);
}

/**
 * Adds the next people of the audience to a batch while what it had claimed is still being sent, so that Meta does not
 * wait for the next claim. The batch's fence holds for them as for the others, and whoever stops it finds them claimed.
 * Whatever is not just more of the audience waits for the batch after this one.
 *
 * @param left - how many the batch still has claimed
 * @throws QueryFailedError as `isLockTimeout` tells, where somebody holds a person of it for long
 */
export async function claimAhead(
  manager: EntityManager,
  parts: ClaimParts,
  ref: CampaignRef,
  batch: BatchHandle,
  left: number,
): Promise<ClaimOutcome> {
  await limitLockWaits(manager, AHEAD_WAITS_MS);
  if (!(await shareBatch(manager, ref.workspaceId, batch))) return NOBODY_CLAIMED;
  const campaign = await shareCampaign(manager, ref.workspaceId, ref.campaignId);
  if (campaign?.state !== 'active' || waitsForMeta(campaign)) return NOBODY_CLAIMED;
  const rate = rateOf(campaign);
  if (!mayAddBatch(rate, left) || (await nextChosen(manager, campaign, 1)).length > 0) return NOBODY_CLAIMED;
  return claimAudience(manager, parts, campaign, batchSize(rate), batch);
}

/** A single message may have learned from Meta that the campaign is to wait, since its workflow last looked. */
const mayClaim = (campaign: CampaignRecord): boolean =>
  campaign.state === 'populating' || (campaign.state === 'active' && !waitsForMeta(campaign));

const waitsForMeta = ({ claimsFromMs, nowMs }: CampaignRecord): boolean =>
  claimsFromMs !== null && nowMs < claimsFromMs;

function rateOf({ pageId, page }: CampaignRecord): number {
  if (page.ratePerSecond === null) throw new Error(`Page ${pageId} has no rate.`);
  return page.ratePerSecond;
}

/**
 * Claims one message for the subscriber's own workflow; a batch of one, any number at a time. The batch of an attempt that
 * died is taken over whatever became of the message: one that was already begun is left to its evidence, its batch closed.
 */
export async function claimSingle(
  manager: EntityManager,
  parts: ClaimParts,
  ref: CampaignRef,
  sendId: string,
): Promise<ClaimOutcome> {
  const [send] = await rows<FoundSend & { batch_id: string | null; state: string }>(
    manager,
    'SELECT id, subscriber_id, batch_id, state FROM sends WHERE workspace_id = $1 AND campaign_id = $2 AND id = $3',
    [ref.workspaceId, ref.campaignId, sendId],
  );
  if (send?.batch_id != null && (send.state === 'claimed' || send.state === 'sending')) {
    return { ...NOBODY_CLAIMED, batch: await resumeSingle(manager, ref.workspaceId, send.batch_id) };
  }
  const campaign = await shareCampaign(manager, ref.workspaceId, ref.campaignId);
  if (send === undefined || campaign === null || isNotItsTurn(campaign)) return NOBODY_CLAIMED;
  return claimChosen(manager, parts, campaign, [send], 'single');
}

/** Probes are the campaign's own, and so is the wait that Meta asked it for: its messages stay queued till then. */
const isNotItsTurn = (campaign: CampaignRecord): boolean =>
  !campaign.hidden && (campaign.state === 'populating' || waitsForMeta(campaign));

async function claimChosen(
  manager: EntityManager,
  parts: ClaimParts,
  campaign: CampaignRecord,
  found: readonly FoundSend[],
  kind: Exclude<BatchKind, 'audience'>,
): Promise<ClaimOutcome> {
  const { workspaceId, id: campaignId } = campaign;
  const { sends } = await lockPeopleAndSends(manager, { workspaceId, campaignId }, found);
  const movable = sends.filter((send) => send.state === 'queued' || send.state === 'held');
  if (movable.length === 0) return NOBODY_CLAIMED;
  const people = await loadPeople(
    manager,
    workspaceId,
    movable.map((send) => send.subscriberId),
  );
  const facts = await factsOf(manager, parts, campaign, people, movable);
  const decided = decideAll(facts, movable).filter((one) => !waitsAsBefore(one));
  const batch = decided.some(isClaimed) ? await writeBatch(manager, { workspaceId, campaignId }, kind, 'open') : null;
  const ledger = ledgerOf(decided, batch, campaign.nowMs, (row) => row);
  await moveSends(manager, { workspaceId, campaignId }, ledger);
  return conclude(manager, parts, campaign, { people, ledger, batch, kind });
}

/** Those who wait for money, and for whom it still does not reach, keep their row as it is. */
const waitsAsBefore = ({ row, decision }: Decided): boolean =>
  row.state === 'held' && row.dueAtMs === null && decision.kind === 'hold' && decision.waitsFor === 'money';

async function claimAudience(
  manager: EntityManager,
  parts: ClaimParts,
  campaign: CampaignRecord,
  size: number,
  into: BatchHandle | null,
): Promise<ClaimOutcome> {
  const { workspaceId, pageId, id: campaignId, messageId } = campaign;
  if (!campaign.hasAudience || messageId === null) return NOBODY_CLAIMED;
  const { fromId, ids } = await nextOfAudience(manager, campaign, 0, size);
  if (ids.length === 0) return NOBODY_CLAIMED;
  await lockPeople(manager, workspaceId, ids);
  const people = await loadPeople(manager, workspaceId, ids);
  const fresh = await withoutRow(manager, campaign, ids);
  const sends = fresh.map((subscriberId) => newRow(campaign, messageId, subscriberId));
  const facts = await factsOf(manager, parts, campaign, people, sends);
  const decided = decideAll(facts, sends, stopsAnAudience);
  const toId = endOfWalk(ids, fresh[decided.length]);
  if (toId === undefined) return NOBODY_CLAIMED;
  const state = into === null && decided.some(isClaimed) ? 'open' : 'closed';
  const written = await writeBatch(manager, { workspaceId, campaignId }, 'audience', state, { fromId, toId, pass: 0 });
  const batch = into ?? (state === 'open' ? written : null);
  const ledger = ledgerOf(decided, into ?? written, campaign.nowMs, () => null);
  await insertSends(manager, { workspaceId, campaignId, pageId }, ledger);
  return conclude(manager, parts, campaign, { people, ledger, batch, kind: 'audience' });
}

/** People whom the budget cannot pay, or whose Page or campaign does not send, get no row: the walk stops before them. */
const stopsAnAudience = (decision: SendDecision): boolean =>
  decision.kind !== 'send' &&
  (decision.ruleId === 'R-14' ||
    (decision.kind === 'hold' && (decision.waitsFor === 'page' || decision.waitsFor === 'campaign')));

/** @returns the last person whom this batch has dealt with; undefined when it is nobody */
const endOfWalk = (ids: readonly string[], firstUndecided: string | undefined): string | undefined =>
  firstUndecided === undefined ? ids.at(-1) : ids[ids.indexOf(firstUndecided) - 1];

/** The budget is locked only where something is to be decided about money, and behind people and sends. */
async function factsOf(
  manager: EntityManager,
  { contents }: ClaimParts,
  campaign: CampaignRecord,
  people: ReadonlyMap<string, PersonRecord>,
  sends: readonly SendRow[],
): Promise<ClaimFacts> {
  const { workspaceId, id } = campaign;
  const contentProblem = await contents.problems(manager, workspaceId, sends);
  const counters = campaign.budget === null ? null : await readBudget(manager, workspaceId, id, 'lock');
  return { campaign, people, contentProblem, remainingMinor: counters === null ? null : remainingMinor(counters) };
}

const ledgerOf = (
  decided: readonly Decided[],
  batch: BatchHandle | null,
  nowMs: number,
  before: (row: SendRow) => SendRow | null,
): LedgerWrite => {
  const changes = decided.map((one) => {
    const after = rowAfter(one, batch, nowMs);
    return { before: before(one.row), after, by: 'claim' as const };
  });
  return { changes, slots: decided.flatMap(slotTaken), nowMs };
};

interface Claimed {
  readonly people: ReadonlyMap<string, PersonRecord>;
  readonly ledger: LedgerWrite;
  readonly batch: BatchHandle | null;
  readonly kind: BatchKind;
}

async function conclude(
  manager: EntityManager,
  { holdWorkflowMax }: ClaimParts,
  campaign: CampaignRecord,
  { people, ledger, batch, kind }: Claimed,
): Promise<ClaimOutcome> {
  const after = ledger.changes.map((change) => change.after);
  const held = after.filter((send) => send.state === 'held');
  const refused = after.filter((send) => send.state === 'refused');
  if (kind !== 'single') await tellAfterClaim(manager, campaign, people, { held, refused, holdWorkflowMax });
  const claimed = after.filter((send) => send.state === 'claimed').length;
  return { batch, claimed, held: held.length, refused: refused.length };
}
