import type { EntityManager } from 'typeorm';
import type { Wake } from '../outbox/wake';
import { wakeAll } from '../outbox/wake';
import type { BatchHandle } from './batches';
import { haltBatch } from './batches';
import type { BegunChange } from './begin';
import { beginOne } from './begin';
import { writeMetaWords, writeOptOuts } from './after-settle';
import { applyEffect, believeMetaBudget } from './campaign-effects';
import type { CampaignRecord, CampaignRef } from './campaign-record';
import { readCampaign, shareCampaign } from './campaign-record';
import { slotReturned } from './give-back';
import type { Ground } from './ground';
import { takeGround } from './ground';
import { wakesForMoney } from './money-wakes';
import { leaveOutcomes } from './outcomes';
import type { RateGrant } from './page-rate';
import { SLICE_SIZE, slowDown } from './page-rate';
import type { SlotChange } from './people';
import { loadPeople } from './people';
import type { FoundSend, LockedSends } from './send-row';
import { lockPeopleAndSends } from './send-row';
import { wakesForReturned } from './returned-wakes';
import { wakesForRuns } from './run-wakes';
import type { Settled, SettledSend, SettleEffect, SettleOutcome } from './settle';
import { effectOf, settle, summaryOf } from './settle';
import { readNowMs } from '../persistence/clock';
import { moveSends } from './write-ledger';

/** What a begin allowed, after the slice before was settled. */
export interface Slice {
  /** Only these may be sent. */
  readonly begun: readonly BegunChange[];
  /** Null when somebody else holds the batch now, or nothing more may begin: send nothing. */
  readonly campaign: CampaignRecord | null;
  /** How many claimed rows this step found, counted up to one slice and one. */
  readonly found: number;
  /** How many of them it left claimed; a whole slice where there are more. */
  readonly left: number;
  /** Null where the lease was not asked. */
  readonly rate: RateGrant | null;
  /** Somebody fenced the batch off: whoever it was goes on with it. */
  readonly isFencedOff: boolean;
  readonly settled: SettleOutcome;
}

/**
 * Settles the slice before and begins the next, in one transaction and the one order of locks: Page rate, batch,
 * campaign, people, sends, money, and last what wakes somebody (protocol §1.3, §3.6).
 *
 * @param wanted - how many may begin at most; 0 settles only
 */
export async function settleAndBegin(
  manager: EntityManager,
  ref: CampaignRef,
  batch: BatchHandle,
  answers: readonly SettledSend[],
  wanted: number,
): Promise<Slice> {
  if (effectOf(answers, 0) !== null) return settleAndHalt(manager, ref, batch, answers);
  const ground = await takeGround(manager, ref, batch, wanted);
  const next = ground === null || ground.isHalted ? [] : ground.claimed.slice(0, ground.rate.granted);
  const locked = await lockPeopleAndSends(manager, ref, [...answers.map(toFound), ...next]);
  const campaign = ground?.campaign ?? (await campaignOf(manager, ref, answers));
  const nowMs = campaign?.nowMs ?? (await readNowMs(manager));
  const settled = settle(byId(locked), answers, campaign, nowMs);
  const begun = ground === null ? [] : await beginAll(manager, ref, batch, ground, next, locked);
  await write(manager, ref, batch, { settled, begun, locked, nowMs, isFencedOff: ground === null });
  return {
    begun: begun.filter(isSending),
    campaign: ground === null || ground.isHalted ? null : ground.campaign,
    found: ground?.claimed.length ?? 0,
    left: leftOf(ground, next.length),
    rate: ground?.rate ?? null,
    isFencedOff: ground === null,
    settled: summaryOf(settled, null),
  };
}

/** The first refusal that is not the person's: the batch begins nothing more, whoever goes on with it. */
async function settleAndHalt(
  manager: EntityManager,
  ref: CampaignRef,
  batch: BatchHandle,
  answers: readonly SettledSend[],
): Promise<Slice> {
  const nowMs = await readNowMs(manager);
  const effect = effectOf(answers, nowMs);
  if (effect?.kind === 'rate') await slowDown(manager, ref, nowMs + effect.retryAfterMs);
  await haltBatch(manager, ref.workspaceId, batch);
  const wakes = effect === null ? [] : await applyEffect(manager, ref, effect, nowMs);
  const campaign = await shareCampaign(manager, ref.workspaceId, ref.campaignId);
  const locked = await lockPeopleAndSends(manager, ref, answers.map(toFound));
  const settled = settle(byId(locked), answers, campaign, nowMs);
  await write(manager, ref, batch, { settled, begun: [], locked, nowMs, effect, wakes });
  const summary = summaryOf(settled, effect);
  return { begun: [], campaign: null, found: 0, left: 0, rate: null, isFencedOff: false, settled: summary };
}

function leftOf(ground: Ground | null, taken: number): number {
  const found = ground?.claimed.length ?? 0;
  return found > SLICE_SIZE ? SLICE_SIZE : found - taken;
}

const toFound = (answer: SettledSend): FoundSend => ({ id: answer.sendId, subscriber_id: answer.subscriberId });

const byId = ({ sends }: LockedSends): ReadonlyMap<string, LockedSends['sends'][number]> =>
  new Map(sends.map((send) => [send.id, send]));

/** Without the batch a late answer still needs the campaign's policy where Meta refused a person for now. */
const campaignOf = (
  manager: EntityManager,
  ref: CampaignRef,
  answers: readonly SettledSend[],
): Promise<CampaignRecord | null> | null =>
  answers.some(({ outcome }) => outcome.kind === 'refused')
    ? readCampaign(manager, ref.workspaceId, ref.campaignId)
    : null;

async function beginAll(
  manager: EntityManager,
  ref: CampaignRef,
  batch: BatchHandle,
  { campaign }: Ground,
  next: readonly FoundSend[],
  locked: LockedSends,
): Promise<BegunChange[]> {
  const people = await loadPeople(
    manager,
    ref.workspaceId,
    next.map((send) => send.subscriber_id),
  );
  const sends = byId(locked);
  return next.flatMap(({ id }) => {
    const row = sends.get(id);
    const isOurs = row?.state === 'claimed' && row.batchId === batch.id;
    return isOurs ? [beginOne(campaign, batch, row, people.get(row.subscriberId))] : [];
  });
}

const isSending = ({ after }: BegunChange): boolean => after.state === 'sending';

interface Step {
  readonly settled: readonly Settled[];
  readonly begun: readonly BegunChange[];
  readonly locked: LockedSends;
  readonly nowMs: number;
  /** What the answers say of campaign, Page or account, and who is to hear of it. */
  readonly effect?: SettleEffect | null;
  readonly wakes?: readonly Wake[];
  /** Somebody else holds the batch now, or nobody. */
  readonly isFencedOff?: boolean;
}

async function write(
  manager: EntityManager,
  ref: CampaignRef,
  batch: BatchHandle,
  { settled, begun, locked, nowMs, effect = null, wakes = [], isFencedOff = false }: Step,
): Promise<void> {
  const notBegun = begun.filter((change) => !isSending(change)).map(({ before }) => before);
  const slots = [...settled.flatMap((one) => one.slots), ...notBegun.flatMap(slotReturned), ...begun.flatMap(slotAnew)];
  const changes = [...settled.map(({ change }) => change), ...begun];
  const after = changes.map((change) => change.after);
  await writeMetaWords(manager, ref, settled, nowMs);
  const bookings = await moveSends(manager, ref, { changes, slots, nowMs });
  if (effect !== null) await believeMetaBudget(manager, ref, effect);
  await writeOptOuts(manager, ref, settled);
  const ofNobody = batch.kind === 'single' || isFencedOff ? after : [];
  await wakeAll(manager, [
    ...wakes,
    ...(await wakesForMoney(manager, ref, bookings)),
    ...(await wakesForReturned(manager, ref, ofNobody)),
    ...(batch.kind === 'single' && !isFencedOff ? [] : await wakesForRuns(manager, ref, changes)),
  ]);
  if (batch.kind === 'single') return;
  const decided = after.filter(({ state }) => state !== 'sending' && state !== 'queued');
  await leaveOutcomes(
    manager,
    ref,
    decided.filter((row) => locked.openWorkflows.has(row.subscriberId)),
  );
}

/** A begin sets the slot anew from its own moment; nobody else's stands in its way any more (protocol §4). */
const slotAnew = ({ after, slotUntilMs }: BegunChange): SlotChange[] =>
  slotUntilMs === null
    ? []
    : [{ subscriberId: after.subscriberId, sendId: after.id, untilMs: slotUntilMs, holder: after.id, mode: 'take' }];
