import type { EntityManager } from 'typeorm';
import type { SendMover } from '../../domain/delivery/send-transitions';
import { isSendMoveAllowed } from '../../domain/delivery/send-transitions';
import type { BinaryType } from '../persistence/binary-array';
import { binaryArray } from '../persistence/binary-array';
import { preparedRows, rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import { bookingsOf } from './bookings';
import { keyIs } from '../persistence/key-is';
import type { Booking } from './money';
import type { SlotChange } from './people';
import type { WrittenField } from './send-columns';
import { changedFields, columnOf, firstFields, isOfSlice, typeOf } from './send-columns';
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

/** A column of rows that are passed as arrays: its name, its type, and what a row holds in it. */
type ColumnOf<Row> = readonly [name: string, type: BinaryType, read: (row: Row) => unknown];

/** The parameters that every write has: $1 workspace, $2 campaign, $3 moment, then one array for each of these. */
const CHANGE: readonly ColumnOf<SendChange>[] = [
  ['id', 'uuid', ({ after }) => after.id],
  ['before', 'text', ({ before }) => before?.state ?? null],
  ['state', 'text', ({ after }) => after.state],
  ['rule_id', 'text', ({ after }) => after.ruleId],
  ['detail', 'text', ({ detail }) => detail ?? null],
];
const SLOT: readonly ColumnOf<SlotChange>[] = [
  ['subscriber_id', 'uuid', ({ subscriberId }) => subscriberId],
  ['send_id', 'uuid', ({ sendId }) => sendId],
  ['until', 'timestamptz', ({ untilMs }) => untilMs],
  ['holder', 'uuid', ({ holder }) => holder],
  ['takes', 'boolean', ({ mode }) => mode === 'take'],
  ['extends', 'boolean', ({ mode }) => mode === 'extend'],
];
const ENTRY: readonly ColumnOf<Booking>[] = [
  ['id', 'uuid', () => uuidV7()],
  ['send_id', 'uuid', ({ sendId }) => sendId],
  ['claim_no', 'integer', ({ claimNo }) => claimNo],
  ['kind', 'text', ({ kind }) => kind],
  ['amount_minor', 'bigint', ({ amountMinor }) => amountMinor],
  ['budget_day', 'text', ({ budgetDay }) => budgetDay],
];
const FIRST_ARRAY = 4;

/** What is passed of each change: what every move has, and these fields. */
const changeColumns = (fields: readonly WrittenField[]): readonly ColumnOf<SendChange>[] => [
  ...CHANGE,
  ...fields.map((field): ColumnOf<SendChange> => [
    `new_${columnOf(field)}`,
    typeOf(field),
    ({ after }) => after[field],
  ]),
];

/**
 * Arrays side by side, as rows: Postgres takes them in for a fraction of what rows as JSON cost.
 *
 * @param first - the number of the first array's parameter
 */
function rowsOf<Row>(columns: readonly ColumnOf<Row>[], first: number): string {
  const arrays = columns.map(([, type], index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(', ')}) AS t (${columns.map(([name]) => name).join(', ')})`;
}

/** The parameters of `rowsOf`. */
const arraysOf = <Row>(columns: readonly ColumnOf<Row>[], of: readonly Row[]): Buffer[] =>
  columns.map(([, type, read]) => binaryArray(type, of.map(read)));

/** Rows were locked, so none can have moved since; the comparison of states keeps it so whoever calls. */
const update = (fields: readonly WrittenField[]): string => `
  UPDATE sends SET state = n.state, ${fields.map((field) => `${columnOf(field)} = n.new_${columnOf(field)}, `).join('')}
    updated_at = now()
  FROM change n
  WHERE sends.workspace_id = $1 AND ${keyIs('sends.campaign_id', 'n.campaign_id')} AND ${keyIs('sends.id', 'n.id')}
    AND sends.state IS NOT DISTINCT FROM n.before
  RETURNING sends.id`;

/** In the order of the key on which two transactions could wait for each other. */
function insert(fields: readonly WrittenField[], pageParameter: number): string {
  const columns = fields.map(columnOf);
  return `
  INSERT INTO sends (workspace_id, campaign_id, page_id, id, state, ${columns.join(', ')})
  SELECT $1, $2, $${pageParameter}::uuid, id, state, ${columns.map((column) => `new_${column}`).join(', ')}
    FROM change ORDER BY new_subscriber_id, new_campaign_message_id
  RETURNING id`;
}

const BOOKED = `, entry AS (
  INSERT INTO budget_entries (id, workspace_id, campaign_id, budget_day, send_id, claim_no, kind, amount_minor, at)
  SELECT b.id, $1, $2, b.budget_day, b.send_id, b.claim_no, b.kind, b.amount_minor, $3
    FROM booking b JOIN moved ON moved.id = b.send_id ORDER BY b.id
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

const NOT_BOOKED = `
SELECT (SELECT count(*) FROM moved) AS moved, 0 AS booked, true AS is_counted`;

/** What a statement is made for: the same for every slice of a batch, so that few are ever made. */
interface Shape {
  readonly fields: readonly WrittenField[];
  readonly isNew: boolean;
  readonly isBooked: boolean;
}

const statements = new Map<string, string>();

function statementOf(shape: Shape): string {
  const key = `${shape.isNew} ${shape.isBooked} ${shape.fields.join(' ')}`;
  const known = statements.get(key) ?? write(shape);
  statements.set(key, known);
  return known;
}

function write({ fields, isNew, isBooked }: Shape): string {
  const change = changeColumns(fields);
  const slotAt = FIRST_ARRAY + change.length;
  const entryAt = slotAt + SLOT.length;
  const pageAt = entryAt + (isBooked ? ENTRY.length : 0);
  return `
WITH change AS MATERIALIZED (
  SELECT $2::uuid AS campaign_id, t.* FROM ${rowsOf(change, FIRST_ARRAY)}
), ${isBooked ? `booking AS (SELECT * FROM ${rowsOf(ENTRY, entryAt)}), ` : ''}moved AS (${isNew ? insert(fields, pageAt) : update(fields)}
), history AS (
  INSERT INTO send_states (workspace_id, campaign_id, send_id, state, rule_id, detail, at)
  SELECT $1, $2, n.id, n.state, n.rule_id, n.detail, $3::timestamptz FROM change n JOIN moved ON moved.id = n.id
   WHERE n.before IS DISTINCT FROM n.state ORDER BY n.id
), slot AS (
  UPDATE subscribers p
     SET paid_slot_until = CASE WHEN n.extends THEN greatest(p.paid_slot_until, n.until) ELSE n.until END,
         paid_slot_send = n.holder, updated_at = now()
    FROM (SELECT * FROM ${rowsOf(SLOT, slotAt)}) n
   WHERE ${keyIs('p.id', 'n.subscriber_id')} AND p.workspace_id IS NOT DISTINCT FROM $1
     AND (n.takes OR p.paid_slot_send = n.send_id)
)${isBooked ? BOOKED : NOT_BOOKED}`;
}

/**
 * Moves locked sends with their history, slots and money in one statement: entries are written only by the statement
 * that moved the send, and the counters once, with the sum (protocol §1.5, §5).
 *
 * @returns the entries that were written
 * @throws Error when a move is not in the table, or a row was not what it was locked as
 */
export const moveSends = (manager: EntityManager, scope: LedgerScope, ledger: LedgerWrite): Promise<Booking[]> =>
  run(manager, scope, ledger, changedFields(ledger.changes));

/** Writes rows that a batch of an audience decided for the first time; see `moveSends`. */
export const insertSends = (
  manager: EntityManager,
  scope: LedgerScope & { readonly pageId: string },
  ledger: LedgerWrite,
): Promise<Booking[]> => run(manager, scope, ledger, firstFields(ledger.changes), scope.pageId);

async function run(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  { changes, slots = [], nowMs }: LedgerWrite,
  fields: readonly WrittenField[],
  pageId?: string,
): Promise<Booking[]> {
  if (changes.length === 0) return [];
  changes.forEach(requireAllowed);
  const bookings = changes.flatMap(({ before, after }) => bookingsOf(before, after));
  const isBooked = bookings.length > 0;
  const ask = !isBooked && isOfSlice(fields) ? preparedRows : rows;
  const [done] = await ask<{ moved: number; booked: number; is_counted: boolean }>(
    manager,
    statementOf({ fields, isNew: pageId !== undefined, isBooked }),
    [
      ...[workspaceId, campaignId, new Date(nowMs)],
      ...arraysOf(changeColumns(fields), changes),
      ...arraysOf(SLOT, slots),
      ...(isBooked ? arraysOf(ENTRY, bookings) : []),
      ...(pageId === undefined ? [] : [pageId]),
    ],
  );
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
