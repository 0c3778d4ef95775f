import type { EntityManager } from 'typeorm';
import type { SendMover } from '../../domain/delivery/send-transitions';
import { isSendMoveAllowed } from '../../domain/delivery/send-transitions';
import { rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import { bookingsOf } from './bookings';
import { isoOrNull } from './moments';
import type { Booking } from './money';
import type { SlotChange } from './people';
import type { LedgerScope, SendRow } from './send-row';

/** One send before and after its move. */
export interface SendChange {
  /** As it was locked; null for a row that does not stand yet. */
  readonly before: SendRow | null;
  readonly after: SendRow;
  readonly by: SendMover;
  /** Why, for the history: an error code, a source. */
  readonly detail?: string;
}

/** All that a transaction changes in the ledger of one campaign; the money follows from the moves. */
export interface LedgerWrite {
  readonly changes: readonly SendChange[];
  readonly slots?: readonly SlotChange[];
  /** Business time, milliseconds (UTC). */
  readonly nowMs: number;
}

const COLUMNS = `campaign_id uuid, id uuid, state text, batch_id uuid, claim_no integer, tries integer, token_id uuid, cost_minor bigint,
  budget_day text, reserved boolean, slot_before timestamptz, slot_send_before uuid, rule_id text, facts jsonb,
  allowed_at timestamptz, due_at timestamptz, reason text, begun_fence integer, begun_at timestamptz,
  begun_wall_at timestamptz, claimed_at timestamptz, claimed_wall_at timestamptz, accepted_at timestamptz,
  delivered_at timestamptz, read_at timestamptz, clicked_at timestamptz, link_clicks integer, tracking_id text,
  subscriber_id uuid, campaign_message_id uuid, lane text, purpose text, when_slot_taken text, page_id uuid,
  before text, detail text`;

/**
 * Rows were locked, so none can have moved since; the comparison keeps it so whoever calls. The campaign is compared with
 * the change's own: with a constant Postgres takes a campaign it knows no statistics of for a small one, and walks all of
 * it for every change.
 */
const UPDATED = `
  UPDATE sends SET
    state = n.state, batch_id = n.batch_id, claim_no = n.claim_no, tries = n.tries, token_id = n.token_id,
    cost_minor = n.cost_minor, budget_day = n.budget_day, reserved = n.reserved, slot_before = n.slot_before,
    slot_send_before = n.slot_send_before, rule_id = n.rule_id, facts = n.facts, allowed_at = n.allowed_at,
    due_at = n.due_at, reason = n.reason, begun_fence = n.begun_fence, begun_at = n.begun_at,
    begun_wall_at = n.begun_wall_at, claimed_at = n.claimed_at, claimed_wall_at = n.claimed_wall_at,
    accepted_at = n.accepted_at, delivered_at = n.delivered_at, read_at = n.read_at, clicked_at = n.clicked_at,
    link_clicks = n.link_clicks, tracking_id = n.tracking_id, updated_at = now()
  FROM change n
  WHERE sends.workspace_id = $1 AND sends.campaign_id = n.campaign_id AND sends.id = n.id AND sends.state = n.before
  RETURNING sends.id`;

/** In the order of the key on which two transactions could wait for each other. */
const INSERTED = `
  INSERT INTO sends (workspace_id, campaign_id, page_id, id, subscriber_id, campaign_message_id, lane, purpose,
    when_slot_taken, state, batch_id, claim_no, cost_minor, budget_day, reserved, slot_before, slot_send_before,
    rule_id, facts, allowed_at, due_at, reason, claimed_at, claimed_wall_at)
  SELECT $1, $2, page_id, id, subscriber_id, campaign_message_id, lane, purpose,
    when_slot_taken, state, batch_id, claim_no, cost_minor, budget_day, reserved, slot_before, slot_send_before,
    rule_id, facts, allowed_at, due_at, reason, claimed_at, claimed_wall_at
    FROM change ORDER BY subscriber_id, campaign_message_id
  RETURNING id`;

const write = (moved: string): string => `
WITH change AS (
  SELECT * FROM jsonb_to_recordset($4::jsonb) AS t (${COLUMNS})
), moved AS (${moved}
), history AS (
  INSERT INTO send_states (workspace_id, campaign_id, send_id, state, rule_id, detail, at)
  SELECT $1, $2, n.id, n.state, n.rule_id, n.detail, $3 FROM change n JOIN moved ON moved.id = n.id
   WHERE n.before IS DISTINCT FROM n.state ORDER BY n.id
), slot AS (
  UPDATE subscribers p
     SET paid_slot_until = CASE WHEN n.extends THEN greatest(p.paid_slot_until, n.until) ELSE n.until END,
         paid_slot_send = n.holder, updated_at = now()
    FROM jsonb_to_recordset($5::jsonb)
      AS n (subscriber_id uuid, send_id uuid, until timestamptz, holder uuid, takes boolean, extends boolean)
   WHERE p.workspace_id = $1 AND p.id = n.subscriber_id AND (n.takes OR p.paid_slot_send = n.send_id)
), entry AS (
  INSERT INTO budget_entries (id, workspace_id, campaign_id, budget_day, send_id, claim_no, kind, amount_minor, at)
  SELECT b.id, $1, $2, b.budget_day, b.send_id, b.claim_no, b.kind, b.amount_minor, $3
    FROM jsonb_to_recordset($6::jsonb)
      AS b (id uuid, send_id uuid, claim_no integer, kind text, amount_minor bigint, budget_day text)
    JOIN moved ON moved.id = b.send_id ORDER BY b.id
  RETURNING budget_day, kind, amount_minor
), summed AS (
  SELECT budget_day,
         sum(CASE kind WHEN 'reserve' THEN amount_minor WHEN 'adjust' THEN 0 ELSE -amount_minor END) AS reserved,
         sum(CASE WHEN kind IN ('charge', 'adjust') THEN amount_minor ELSE 0 END) AS spent,
         bool_or(kind = 'adjust') AS late
    FROM entry GROUP BY budget_day
), counted AS (
  UPDATE campaign_budgets b
     SET reserved_minor = b.reserved_minor + s.reserved, spent_minor = b.spent_minor + s.spent,
         overdrawn = b.overdrawn
           OR (s.late AND b.reserved_minor + s.reserved + b.spent_minor + s.spent > b.budget_minor)
    FROM summed s WHERE b.workspace_id = $1 AND b.campaign_id = $2 AND b.budget_day = s.budget_day
  RETURNING b.budget_day
)
SELECT (SELECT count(*) FROM moved) AS moved, (SELECT count(*) FROM entry) AS booked,
       (SELECT count(*) FROM summed) = (SELECT count(*) FROM counted) AS is_counted`;

const UPDATE = write(UPDATED);
const INSERT = write(INSERTED);

/**
 * Moves locked sends with their history, slots and money in one statement: entries are written only by the statement
 * that moved the send, and the counters once, with the sum (protocol §1.5, §5).
 *
 * @returns the entries that were written
 * @throws Error when a move is not in the table, or a row was not what it was locked as
 */
export const moveSends = (manager: EntityManager, scope: LedgerScope, ledger: LedgerWrite): Promise<Booking[]> =>
  run(manager, UPDATE, scope, ledger);

/** Writes rows that a batch of an audience decided for the first time; see `moveSends`. */
export const insertSends = (
  manager: EntityManager,
  scope: LedgerScope & { readonly pageId: string },
  ledger: LedgerWrite,
): Promise<Booking[]> => run(manager, INSERT, scope, ledger, scope.pageId);

async function run(
  manager: EntityManager,
  sql: string,
  { workspaceId, campaignId }: LedgerScope,
  { changes, slots = [], nowMs }: LedgerWrite,
  pageId: string | null = null,
): Promise<Booking[]> {
  if (changes.length === 0) return [];
  changes.forEach(requireAllowed);
  const bookings = changes.flatMap(({ before, after }) => bookingsOf(before, after));
  const [done] = await rows<{ moved: number; booked: number; is_counted: boolean }>(manager, sql, [
    workspaceId,
    campaignId,
    new Date(nowMs),
    JSON.stringify(changes.map((change) => changeJson(change, pageId))),
    JSON.stringify(slots.map(slotJson)),
    JSON.stringify(bookings.map(bookingJson)),
  ]);
  if (done?.moved !== changes.length || done.booked !== bookings.length || !done.is_counted) {
    throw new Error(`The ledger of campaign ${campaignId} did not take ${changes.length} moves whole.`);
  }
  return bookings;
}

/** A row that a batch writes was chosen and decided at once: its move is the one from `queued`. */
function requireAllowed({ before, after, by }: SendChange): void {
  if (before?.state === after.state) return;
  const isAllowed = isSendMoveAllowed(before?.state ?? null, after.state, by);
  if (isAllowed || (before === null && isSendMoveAllowed('queued', after.state, by))) return;
  throw new Error(`A send does not move from ${before?.state ?? 'nothing'} to ${after.state} by ${by}.`);
}

const slotJson = (change: SlotChange): Record<string, unknown> => ({
  subscriber_id: change.subscriberId,
  send_id: change.sendId,
  until: isoOrNull(change.untilMs),
  holder: change.holder,
  takes: change.mode === 'take',
  extends: change.mode === 'extend',
});

const bookingJson = (booking: Booking): Record<string, unknown> => ({
  id: uuidV7(),
  send_id: booking.sendId,
  claim_no: booking.claimNo,
  kind: booking.kind,
  amount_minor: booking.amountMinor,
  budget_day: booking.budgetDay,
});

const changeJson = ({ before, after, detail }: SendChange, pageId: string | null): Record<string, unknown> => ({
  campaign_id: after.campaignId,
  id: after.id,
  before: before?.state ?? null,
  detail: detail ?? null,
  page_id: pageId,
  subscriber_id: after.subscriberId,
  campaign_message_id: after.campaignMessageId,
  lane: after.lane,
  purpose: after.purpose,
  when_slot_taken: after.whenSlotTaken,
  state: after.state,
  batch_id: after.batchId,
  claim_no: after.claimNo,
  tries: after.tries,
  token_id: after.tokenId,
  cost_minor: after.costMinor,
  budget_day: after.budgetDay,
  reserved: after.reserved,
  slot_before: isoOrNull(after.slotBeforeMs),
  slot_send_before: after.slotSendBefore,
  rule_id: after.ruleId,
  facts: after.facts,
  allowed_at: isoOrNull(after.allowedAtMs),
  due_at: isoOrNull(after.dueAtMs),
  reason: after.reason,
  begun_fence: after.begunFence,
  begun_at: isoOrNull(after.begunAtMs),
  begun_wall_at: isoOrNull(after.begunWallAtMs),
  claimed_at: isoOrNull(after.claimedAtMs),
  claimed_wall_at: isoOrNull(after.claimedWallAtMs),
  accepted_at: isoOrNull(after.acceptedAtMs),
  delivered_at: isoOrNull(after.deliveredAtMs),
  read_at: isoOrNull(after.readAtMs),
  clicked_at: isoOrNull(after.clickedAtMs),
  link_clicks: after.linkClicks,
  tracking_id: after.trackingId,
});
