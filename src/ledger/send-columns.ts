import type { BinaryType } from '../persistence/binary-array';
import type { SendRow } from './send-row';

/** What of a row a move may change: its column and that column's type. */
const MOVABLE = {
  batchId: ['batch_id', 'uuid'],
  claimNo: ['claim_no', 'integer'],
  tries: ['tries', 'integer'],
  tokenId: ['token_id', 'uuid'],
  costMinor: ['cost_minor', 'bigint'],
  budgetDay: ['budget_day', 'text'],
  reserved: ['reserved', 'boolean'],
  slotBeforeMs: ['slot_before', 'timestamptz'],
  slotSendBefore: ['slot_send_before', 'uuid'],
  ruleId: ['rule_id', 'text'],
  facts: ['facts', 'jsonb'],
  allowedAtMs: ['allowed_at', 'timestamptz'],
  dueAtMs: ['due_at', 'timestamptz'],
  reason: ['reason', 'text'],
  begunFence: ['begun_fence', 'integer'],
  begunAtMs: ['begun_at', 'timestamptz'],
  begunWallAtMs: ['begun_wall_at', 'timestamptz'],
  claimedAtMs: ['claimed_at', 'timestamptz'],
  claimedWallAtMs: ['claimed_wall_at', 'timestamptz'],
  acceptedAtMs: ['accepted_at', 'timestamptz'],
  deliveredAtMs: ['delivered_at', 'timestamptz'],
  readAtMs: ['read_at', 'timestamptz'],
  clickedAtMs: ['clicked_at', 'timestamptz'],
  linkClicks: ['link_clicks', 'integer'],
  trackingId: ['tracking_id', 'text'],
} as const satisfies Partial<Record<keyof SendRow, readonly [column: string, type: BinaryType]>>;

/** What a row has from its beginning, and keeps. */
const CONSTANT = {
  subscriberId: ['subscriber_id', 'uuid'],
  campaignMessageId: ['campaign_message_id', 'uuid'],
  lane: ['lane', 'text'],
  purpose: ['purpose', 'text'],
  whenSlotTaken: ['when_slot_taken', 'text'],
} as const satisfies Partial<Record<keyof SendRow, readonly [column: string, type: BinaryType]>>;

const WRITTEN = { ...MOVABLE, ...CONSTANT };

/** A part of a row that is written beside its state. */
export type WrittenField = keyof typeof WRITTEN;

const MOVABLE_FIELDS = Object.keys(MOVABLE) as (keyof typeof MOVABLE)[];

const WRITTEN_FIELDS = Object.keys(WRITTEN) as WrittenField[];

/** What a column holds where nothing is written into it; null where it is not named here. */
const DEFAULTS: Partial<Record<WrittenField, unknown>> = {
  claimNo: 0,
  tries: 0,
  costMinor: 0,
  reserved: false,
  begunFence: 0,
  linkClicks: 0,
  lane: 'paid',
  purpose: 'promotional',
};

/** The column's name in `sends`. */
export const columnOf = (field: WrittenField): string => WRITTEN[field][0];

/** The column's type in Postgres. */
export const typeOf = (field: WrittenField): BinaryType => WRITTEN[field][1];

/** A row before and after; null for one that does not stand yet. */
interface Rewritten {
  readonly before: SendRow | null;
  readonly after: SendRow;
}

/** The fields that any of the rows changes: the others need not be sent, parsed and compared. */
export const changedFields = (changes: readonly Rewritten[]): WrittenField[] =>
  MOVABLE_FIELDS.filter((field) => changes.some(({ before, after }) => before?.[field] !== after[field]));

/** The fields in which any of these new rows differs from what the table itself puts there. */
export const firstFields = (changes: readonly Rewritten[]): WrittenField[] =>
  WRITTEN_FIELDS.filter((field) => changes.some(({ after }) => after[field] !== (DEFAULTS[field] ?? null)));

/** What the move of a slice changes where everything goes well. */
const SLICE_FIELDS: ReadonlySet<WrittenField> = new Set<WrittenField>([
  'tokenId',
  'begunFence',
  'begunAtMs',
  'begunWallAtMs',
  'acceptedAtMs',
  'trackingId',
]);

/** Whether these are fields that slice after slice changes, in few combinations. */
export const isOfSlice = (fields: readonly WrittenField[]): boolean => fields.every((field) => SLICE_FIELDS.has(field));
