import type { JsonObject } from '../../domain/content/json';
import type { Objection } from '../../domain/delivery/send-decision';
import { localDay } from '../../domain/shared/local-time';
import type { BatchHandle } from './batches';
import type { CampaignRecord } from './campaign-record';
import { decide } from './decide';
import type { PersonRecord } from './people';
import type { SendRow } from './send-row';
import { NOTHING_HEARD, UNDECIDED } from './send-row';
import type { SendChange } from './write-ledger';

/** A claim older than this, wall clock, is given back instead of begun: its facts are stale. */
export const CLAIM_LIFETIME_MS = 120_000;

/** What may leave now, with what it needs to leave. */
export interface BegunSend {
  readonly row: SendRow;
  /** The token's or PSID's sealed bytes, by lane. */
  readonly address: PersonRecord['address'];
  /** Before variables; null when it is not there. */
  readonly content: JsonObject | null;
}

/** The move of one claimed row at its begin. */
export interface BegunChange extends SendChange {
  readonly before: SendRow;
  readonly address: PersonRecord['address'];
  /** The slot anew, from this moment; null where none is taken. */
  readonly slotUntilMs: number | null;
}

const NO_ADDRESS: PersonRecord['address'] = { tokenSealed: null, psidSealed: null };

/**
 * The last look before bytes leave: consent, token, Page, campaign and schedule; money and slot are its own already.
 *
 * @param person - undefined when the person is gone
 */
export function beginOne(
  campaign: CampaignRecord,
  batch: BatchHandle,
  row: SendRow,
  person: PersonRecord | undefined,
): BegunChange {
  if (person === undefined) return returned(row, 'refused', { ruleId: 'R-11', facts: { person: 'gone' } });
  if (isStale(row, campaign)) return returned(row, 'queued', {});
  const decision = decide(campaign, withOwnSlot(person, row), choiceAtBegin(row), campaign.nowMs);
  if (decision.kind !== 'send') return objected(row, decision);
  const after: SendRow = {
    ...row,
    ...NOTHING_HEARD,
    state: 'sending',
    tokenId: row.lane === 'paid' ? (person.token?.id ?? null) : null,
    begunFence: batch.fence,
    begunAtMs: campaign.nowMs,
    begunWallAtMs: Date.now(),
  };
  return { before: row, after, by: 'begin', address: person.address, slotUntilMs: decision.slotUntilMs };
}

/** Older than two minutes, or of another day of the ad account (protocol §2). */
const isStale = ({ claimedWallAtMs, claimedAtMs }: SendRow, { nowMs, page }: CampaignRecord): boolean =>
  Date.now() - (claimedWallAtMs ?? 0) > CLAIM_LIFETIME_MS ||
  localDay(claimedAtMs ?? 0, page.timeZone) !== localDay(nowMs, page.timeZone);

/** The slot this claim took stands in nobody's way but its own; one that somebody else took since, or brought, does. */
const withOwnSlot = (person: PersonRecord, row: SendRow): PersonRecord => ({
  ...person,
  paidSlotUntilMs: person.paidSlotSend === row.id ? row.slotBeforeMs : person.paidSlotUntilMs,
  metaPaidUntilMs: null,
});

/** The reservation of the claim pays; whoever may not leave now is put back and decided anew, so nothing is refused for a slot. */
const choiceAtBegin = (row: SendRow): Parameters<typeof decide>[2] => ({
  lane: row.lane,
  purpose: row.purpose,
  alreadySent: row.deliveredAtMs !== null,
  contentProblem: null,
  whenSlotTaken: 'hold',
  remainingMinor: null,
  readyAtMs: null,
});

/** Page, campaign and slot put the row back; consent and token refuse it; the schedule's end cancels it (protocol §2). */
function objected(row: SendRow, objection: Objection): BegunChange {
  const { ruleId, facts, allowedAtMs } = objection;
  const because = { ruleId, facts, allowedAtMs };
  if (objection.kind === 'hold' || ruleId === 'R-25') return returned(row, 'queued', because);
  return returned(row, ruleId === 'R-16' ? 'cancelled' : 'refused', because);
}

const returned = (row: SendRow, state: 'queued' | 'refused' | 'cancelled', because: Partial<SendRow>): BegunChange => ({
  before: row,
  after: { ...row, ...UNDECIDED, state, ...because },
  by: 'begin',
  address: NO_ADDRESS,
  slotUntilMs: null,
});
