import type { SendReason } from '../../domain/delivery/send-reasons';
import { failureFacts } from '../../domain/delivery/classify-failure';
import type { GraphFailure } from '../../domain/delivery/classify-failure';
import { rankOf } from '../../domain/delivery/send-transitions';
import type { CampaignEffect, FailureOutcome } from '../../domain/delivery/settle-failure';
import { settleFailure } from '../../domain/delivery/settle-failure';
import { firstLookAtMs } from '../../domain/delivery/unknown-evidence';
import type { CampaignRecord } from './campaign-record';
import { slotReturned } from './give-back';
import type { MetaWord, SlotChange } from './people';
import type { SendRow } from './send-row';
import { UNDECIDED } from './send-row';
import { slotKept } from './slots-after-acceptance';
import type { SendChange } from './write-ledger';

/** Nothing left because Meta could not be reached at all: the campaign looks again after this long, business time. */
const UNREACHABLE_WAIT_MS = 10_000;

/** What became of one message that was to leave. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly trackingId: string | null }
  | { readonly kind: 'refused'; readonly failure: GraphFailure }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Nothing could leave and nothing ever will: a content or an address that cannot be opened or filled. */
  | { readonly kind: 'unsendable'; readonly reason: SendReason }
  /** No byte left in time. */
  | { readonly kind: 'not_sent'; readonly reason: string };

/** What became of one begun send, addressed by its claim and fence: whoever brings a late answer brings evidence. */
export interface SettledSend {
  readonly sendId: string;
  readonly subscriberId: string;
  readonly claimNo: number;
  readonly begunFence: number;
  /** How often it was put back or left waiting before. */
  readonly tries: number;
  /** Whether it carried the campaign's own content, and not the person's. */
  readonly hasOwnContent: boolean;
  readonly outcome: SendOutcome;
}

/** The refusal that names campaign, Page, account, rate or readiness, with Meta's code. */
export type SettleEffect = CampaignEffect & { readonly code: number | null };

/** What a settle did, beyond the rows. */
export interface SettleOutcome {
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  readonly requeued: number;
  /** What these refusals say of the campaign; it keeps the batch from going on. */
  readonly effect: SettleEffect | null;
}

/** One send after its answer, and all that follows from it. */
export interface Settled {
  readonly change: SendChange & { readonly before: SendRow };
  readonly slots: readonly SlotChange[];
  readonly words: readonly MetaWord[];
  readonly outcome: FailureOutcome | null;
}

/** Where answers of one slice say several things: what holds for longer goes before what passes by itself. */
const LASTING_FIRST: readonly CampaignEffect['kind'][] = [
  'end',
  'pause',
  'budget_lifetime',
  'budget_daily',
  'rate',
  'not_ready',
  'pacing',
];

const waitOf = (effect: SettleEffect): number => ('retryAfterMs' in effect ? effect.retryAfterMs : 0);

/** What answers say of the campaign, its Page or its account; known before any row is read. */
export function effectOf(answers: readonly SettledSend[], nowMs: number): SettleEffect | null {
  const effects = answers.map((answer) => effectOfOne(answer, nowMs)).filter((effect) => effect !== null);
  const rank = ({ kind }: SettleEffect): number => LASTING_FIRST.indexOf(kind);
  return effects.sort((a, b) => rank(a) - rank(b) || waitOf(b) - waitOf(a))[0] ?? null;
}

/** A content of somebody's own speaks for nobody else; a Meta that cannot be reached speaks for all. */
function effectOfOne({ outcome, tries, hasOwnContent }: SettledSend, nowMs: number): SettleEffect | null {
  if (outcome.kind === 'not_sent' && outcome.reason !== 'too_late') {
    return { kind: 'pacing', retryAfterMs: UNREACHABLE_WAIT_MS, code: null };
  }
  if (outcome.kind !== 'refused') return null;
  const { campaignEffect: effect } = settleFailure(outcome.failure, tries, nowMs);
  if (effect === undefined || (effect.kind === 'pause' && effect.reason === 'content' && !hasOwnContent)) return null;
  return { ...effect, code: outcome.failure.code };
}

/**
 * Moves locked rows forward by Meta's answers; never back, and what is missing is added (protocol §3.6).
 *
 * @param campaign - null when it is gone
 */
export const settle = (
  sends: ReadonlyMap<string, SendRow>,
  answers: readonly SettledSend[],
  campaign: CampaignRecord | null,
  nowMs: number,
): Settled[] =>
  answers.flatMap((answer) => {
    const row = sends.get(answer.sendId);
    const isMeant = row?.begunFence === answer.begunFence && row.claimNo === answer.claimNo;
    return isMeant ? settleOne(row, answer, campaign, nowMs) : [];
  });

function settleOne(row: SendRow, { outcome }: SettledSend, campaign: CampaignRecord | null, nowMs: number): Settled[] {
  if (outcome.kind === 'accepted') return accepted(row, outcome.trackingId, nowMs);
  if (row.state === 'unknown') return outcome.kind === 'refused' ? refusedLate(row, outcome.failure, nowMs) : [];
  if (row.state !== 'sending') return [];
  switch (outcome.kind) {
    case 'unknown':
      return [plain(row, unknown(row), outcome.reason)];
    case 'not_sent':
      return [putBack(row, null, outcome.reason, null)];
    case 'unsendable':
      return [unsendable(row, outcome.reason)];
    case 'refused':
      return [refusedByMeta(row, outcome.failure, campaign, nowMs)];
  }
}

/** A delivery or a failure that overtook the answer stands; only what it could not know is added. */
function accepted(row: SendRow, trackingId: string | null, nowMs: number): Settled[] {
  const isOpen = row.state === 'sending' || row.state === 'unknown' || row.state === 'assumed_sent';
  if (!isOpen && rankOf(row.state) === 0 && row.state !== 'failed') return [];
  const heard = { acceptedAtMs: row.acceptedAtMs ?? nowMs, trackingId: row.trackingId ?? trackingId };
  const after: SendRow = isOpen ? { ...row, ...heard, state: 'accepted', dueAtMs: null } : { ...row, ...heard };
  return [{ ...plain(row, after), slots: slotKept(row, nowMs) }];
}

/** An outcome nobody knows: reconciled by evidence, and after the waiting time counted as sent. */
export const unknown = (row: SendRow): SendRow => ({
  ...row,
  state: 'unknown',
  dueAtMs: firstLookAtMs({ begunAtMs: row.begunAtMs ?? 0, lane: row.lane }),
});

const plain = (before: SendRow, after: SendRow, detail?: string): Settled => ({
  change: { before, after, by: moverOf(before), ...(detail !== undefined && { detail }) },
  slots: [],
  words: [],
  outcome: null,
});

const moverOf = (before: SendRow): SendChange['by'] => (before.state === 'assumed_sent' ? 'evidence' : 'settle');

const unsendable = (row: SendRow, reason: SendReason): Settled => ({
  ...plain(row, { ...row, ...UNDECIDED, state: 'failed', reason }, reason),
  slots: slotReturned(row),
});

const saying = ({ code }: GraphFailure): string => `code ${String(code)}`;

function refusedByMeta(row: SendRow, failure: GraphFailure, campaign: CampaignRecord | null, nowMs: number): Settled {
  const outcome = settleFailure(failure, row.tries, nowMs);
  switch (outcome.move) {
    case 'unknown':
      return { ...plain(row, unknown(row), saying(failure)), outcome };
    case 'failed':
      return failed(row, outcome, failure);
    case 'person_wait':
      return personWaits(row, outcome, failure, campaign, nowMs);
    case 'requeue':
      return putBack(row, outcome, saying(failure), failure);
  }
}

/** A refusal after the sweeper: the money comes back, the slot stays to its end (protocol §3.8). */
function refusedLate(row: SendRow, failure: GraphFailure, nowMs: number): Settled[] {
  const outcome = settleFailure(failure, row.tries, nowMs);
  if (outcome.move === 'unknown') return [];
  return [{ ...failed(row, outcome, failure), slots: [], words: wordOf(row, outcome, nowMs) }];
}

const failed = (row: SendRow, outcome: FailureOutcome, failure: GraphFailure): Settled => {
  const because = { ruleId: outcome.ruleId ?? null, facts: failureFacts(failure) };
  const after: SendRow = { ...row, ...UNDECIDED, state: 'failed', tokenId: row.tokenId, ...because };
  return { ...plain(row, after, saying(failure)), slots: slotReturned(row), outcome };
};

/** Held where the message's own policy, else the campaign's, is to hold; a wait without an end is a refusal. */
function personWaits(
  row: SendRow,
  outcome: FailureOutcome,
  failure: GraphFailure,
  campaign: CampaignRecord | null,
  nowMs: number,
): Settled {
  const dueAtMs = outcome.waitMs === undefined ? null : nowMs + outcome.waitMs;
  const isHeld = dueAtMs !== null && (row.whenSlotTaken ?? campaign?.whenSlotTaken) === 'hold';
  const after: SendRow = {
    ...row,
    ...UNDECIDED,
    state: isHeld ? 'held' : 'refused',
    tries: row.tries + 1,
    ruleId: outcome.ruleId ?? null,
    facts: failureFacts(failure),
    allowedAtMs: dueAtMs,
    dueAtMs: isHeld ? dueAtMs : null,
  };
  return {
    ...plain(row, after, saying(failure)),
    slots: slotReturned(row),
    words: wordOf(row, outcome, nowMs),
    outcome,
  };
}

/** Meta's word on this person's next paid message. */
const wordOf = (row: SendRow, { ruleId, waitMs }: FailureOutcome, nowMs: number): MetaWord[] =>
  waitMs !== undefined && (ruleId === 'R-08' || ruleId === 'R-20')
    ? [{ subscriberId: row.subscriberId, paidUntilMs: nowMs + waitMs, ruleId }]
    : [];

function putBack(row: SendRow, outcome: FailureOutcome | null, detail: string, failure: GraphFailure | null): Settled {
  const after: SendRow = {
    ...row,
    ...UNDECIDED,
    state: 'queued',
    tries: outcome === null ? row.tries : row.tries + 1,
    ruleId: outcome?.ruleId ?? null,
    facts: failure === null ? null : failureFacts(failure),
  };
  return { ...plain(row, after, detail), slots: slotReturned(row), outcome };
}

/** Counts what answers came to. */
export function summaryOf(settled: readonly Settled[], effect: SettleEffect | null): SettleOutcome {
  const after = settled.map(({ change }) => change.after.state);
  const count = (state: SendRow['state']): number => after.filter((one) => one === state).length;
  return {
    accepted: after.filter((state) => rankOf(state) >= rankOf('accepted')).length,
    failed: count('failed'),
    unknown: count('unknown'),
    requeued: count('queued'),
    effect,
  };
}
