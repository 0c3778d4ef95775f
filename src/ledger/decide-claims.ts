import type { SendDecision } from '../../domain/delivery/send-decision';
import { refuse } from '../../domain/delivery/send-decision';
import { uuidV7 } from '../security/uuid-v7';
import type { BatchHandle } from './batches';
import type { CampaignRecord } from './campaign-record';
import { decide } from './decide';
import { LIFETIME } from './money';
import type { PersonRecord, SlotChange } from './people';
import type { SendRow } from './send-row';
import { UNDECIDED } from './send-row';

/** A row and what was decided about it. */
export interface Decided {
  readonly row: SendRow;
  readonly decision: SendDecision;
  /** Null when the person is gone. */
  readonly person: PersonRecord | null;
  /** What the message reserves, minor units. */
  readonly costMinor: number;
}

/** What the decisions of one claim share. */
export interface ClaimFacts {
  readonly campaign: CampaignRecord;
  readonly people: ReadonlyMap<string, PersonRecord>;
  /** What the locked budget can still pay, minor units; null where nothing is paid for. */
  readonly remainingMinor: number | null;
  /** What is wrong with the content of a row for its person, or null. */
  readonly contentProblem: (row: SendRow) => string | null;
}

/** Whether the message may go. */
export const isClaimed = ({ decision }: Decided): boolean => decision.kind === 'send';

/**
 * Decides row by row; the slots and the money that go to one are not there for the next.
 *
 * @param stopsBefore - ends the deciding right before a row whose decision it is told
 */
export function decideAll(
  facts: ClaimFacts,
  sends: readonly SendRow[],
  stopsBefore: (decision: SendDecision) => boolean = () => false,
): Decided[] {
  let left = facts.remainingMinor;
  const slots = new Map<string, number>();
  const decided: Decided[] = [];
  for (const row of sends) {
    const person = facts.people.get(row.subscriberId) ?? null;
    const decision = decideOne(facts, row, person, left, slots);
    if (stopsBefore(decision)) break;
    const costMinor = decision.kind === 'send' && left !== null ? unitCostOf(facts.campaign) : 0;
    if (left !== null) left -= costMinor;
    if (decision.kind === 'send' && decision.slotUntilMs !== null) slots.set(row.subscriberId, decision.slotUntilMs);
    decided.push({ row, decision, person, costMinor });
  }
  return decided;
}

/** A budget without a price would pay for any number of messages. */
function unitCostOf({ id, unitCostMinor }: CampaignRecord): number {
  if (unitCostMinor === null || unitCostMinor <= 0) throw new Error(`Campaign ${id} has a budget and no price.`);
  return unitCostMinor;
}

function decideOne(
  { campaign, contentProblem }: ClaimFacts,
  row: SendRow,
  person: PersonRecord | null,
  left: number | null,
  slots: ReadonlyMap<string, number>,
): SendDecision {
  if (person === null) return refuse('R-11', { person: 'gone' });
  const choice = {
    lane: row.lane,
    purpose: row.purpose,
    alreadySent: row.deliveredAtMs !== null,
    contentProblem: contentProblem(row),
    whenSlotTaken: row.whenSlotTaken ?? campaign.whenSlotTaken,
    remainingMinor: left,
    readyAtMs: null,
  };
  const paidSlotUntilMs = slots.get(person.id) ?? person.paidSlotUntilMs;
  return decide(campaign, { ...person, paidSlotUntilMs }, choice, campaign.nowMs);
}

/** The row after its decision. */
export function rowAfter(
  { row, decision, person, costMinor }: Decided,
  batch: BatchHandle | null,
  nowMs: number,
): SendRow {
  const undecided = { ...row, ...UNDECIDED };
  switch (decision.kind) {
    case 'send':
      return {
        ...undecided,
        state: 'claimed',
        batchId: batch?.id ?? null,
        claimNo: row.claimNo + 1,
        costMinor,
        budgetDay: costMinor > 0 ? LIFETIME : null,
        reserved: costMinor > 0,
        slotBeforeMs: person?.paidSlotUntilMs ?? null,
        slotSendBefore: person?.paidSlotSend ?? null,
        claimedAtMs: nowMs,
        claimedWallAtMs: Date.now(),
      };
    case 'hold':
      return { ...undecided, ...waiting(row, decision), ...because(decision) };
    case 'refuse':
      return { ...undecided, state: 'refused', ...because(decision) };
  }
}

const because = ({ ruleId, facts, allowedAtMs }: Exclude<SendDecision, { kind: 'send' }>): Partial<SendRow> => ({
  ruleId,
  facts,
  allowedAtMs,
});

/**
 * Held for the person's moment or for money. What the Page or the campaign must bring first stays as it waits: queued,
 * or held with its moment, which is decided anew as soon as they send again.
 */
function waiting(
  row: SendRow,
  { waitsFor, dueAtMs }: Extract<SendDecision, { kind: 'hold' }>,
): Pick<SendRow, 'state' | 'dueAtMs'> {
  switch (waitsFor) {
    case 'moment':
      return { state: 'held', dueAtMs };
    case 'money':
      return { state: 'held', dueAtMs: null };
    case 'page':
    case 'campaign':
      return row.state === 'held' ? { state: 'held', dueAtMs: row.dueAtMs } : { state: 'queued', dueAtMs: null };
  }
}

/** The slot that a claim takes from whoever held it. */
export const slotTaken = ({ row, decision }: Decided): SlotChange[] =>
  decision.kind === 'send' && decision.slotUntilMs !== null
    ? [{ subscriberId: row.subscriberId, sendId: row.id, untilMs: decision.slotUntilMs, holder: row.id, mode: 'take' }]
    : [];

/**
 * The row of a person of an audience whom no batch has decided yet. Every field is named once and in one place: V8 makes
 * such an object at once, where one put together from others costs ten times as much, for each of a batch.
 */
export const newRow = (campaign: CampaignRecord, messageId: string, subscriberId: string): SendRow => ({
  id: uuidV7(),
  campaignId: campaign.id,
  subscriberId,
  campaignMessageId: messageId,
  lane: 'paid',
  purpose: 'promotional',
  whenSlotTaken: null,
  variablesSealed: null,
  automationRunId: null,
  state: 'queued',
  batchId: null,
  claimNo: 0,
  tries: 0,
  tokenId: null,
  costMinor: 0,
  budgetDay: null,
  reserved: false,
  slotBeforeMs: null,
  slotSendBefore: null,
  ruleId: null,
  facts: null,
  allowedAtMs: null,
  dueAtMs: null,
  reason: null,
  begunFence: 0,
  begunAtMs: null,
  begunWallAtMs: null,
  claimedAtMs: null,
  claimedWallAtMs: null,
  acceptedAtMs: null,
  deliveredAtMs: null,
  readAtMs: null,
  clickedAtMs: null,
  linkClicks: 0,
  trackingId: null,
});
