import type { EntityManager } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import type { RuleId } from '../../domain/rules/rule';
import { binaryArray } from '../persistence/binary-array';
import { preparedRows, rows } from '../persistence/database';
import { keyIs } from '../persistence/key-is';
import { msOrNull } from './moments';

/** A row of the ledger as the program holds it: times in milliseconds (UTC), money in minor units. */
export interface SendRow {
  readonly id: string;
  readonly campaignId: string;
  readonly subscriberId: string;
  readonly campaignMessageId: string;
  readonly lane: 'paid' | 'window';
  readonly purpose: string;
  readonly whenSlotTaken: 'hold' | 'refuse' | null;
  readonly variablesSealed: Buffer | null;
  readonly automationRunId: string | null;
  readonly state: SendState;
  readonly batchId: string | null;
  readonly claimNo: number;
  readonly tries: number;
  readonly tokenId: string | null;
  readonly costMinor: number;
  readonly budgetDay: string | null;
  readonly reserved: boolean;
  readonly slotBeforeMs: number | null;
  readonly slotSendBefore: string | null;
  readonly ruleId: RuleId | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
  readonly allowedAtMs: number | null;
  readonly dueAtMs: number | null;
  readonly reason: string | null;
  readonly begunFence: number;
  readonly begunAtMs: number | null;
  readonly begunWallAtMs: number | null;
  readonly claimedAtMs: number | null;
  readonly claimedWallAtMs: number | null;
  readonly acceptedAtMs: number | null;
  readonly deliveredAtMs: number | null;
  readonly readAtMs: number | null;
  readonly clickedAtMs: number | null;
  readonly linkClicks: number;
  readonly trackingId: string | null;
}

/** Whether it was asked for this person alone: only such a message has a policy or a run of its own. */
export const isOfOnePerson = ({ whenSlotTaken, automationRunId }: SendRow): boolean =>
  whenSlotTaken !== null || automationRunId !== null;

/** What a row holds only through a decision: the values of a row that was just chosen. */
export const UNDECIDED = {
  batchId: null,
  tokenId: null,
  reserved: false,
  slotBeforeMs: null,
  slotSendBefore: null,
  ruleId: null,
  facts: null,
  allowedAtMs: null,
  dueAtMs: null,
  reason: null,
} as const satisfies Partial<SendRow>;

/** What Meta said of an attempt: a new attempt begins without it. */
export const NOTHING_HEARD = {
  acceptedAtMs: null,
  deliveredAtMs: null,
  readAtMs: null,
  clickedAtMs: null,
  trackingId: null,
} as const satisfies Partial<SendRow>;

interface StoredSend {
  id: string;
  campaign_id: string;
  subscriber_id: string;
  campaign_message_id: string;
  lane: 'paid' | 'window';
  purpose: string;
  when_slot_taken: 'hold' | 'refuse' | null;
  variables_sealed: Buffer | null;
  automation_run_id: string | null;
  state: SendState;
  batch_id: string | null;
  claim_no: number;
  tries: number;
  token_id: string | null;
  cost_minor: number;
  budget_day: string | null;
  reserved: boolean;
  slot_before: Date | null;
  slot_send_before: string | null;
  rule_id: RuleId | null;
  facts: Record<string, unknown> | null;
  allowed_at: Date | null;
  due_at: Date | null;
  reason: string | null;
  begun_fence: number;
  begun_at: Date | null;
  begun_wall_at: Date | null;
  claimed_at: Date | null;
  claimed_wall_at: Date | null;
  accepted_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
  clicked_at: Date | null;
  link_clicks: number;
  tracking_id: string | null;
}

const toSendRow = (stored: StoredSend): SendRow => ({
  id: stored.id,
  campaignId: stored.campaign_id,
  subscriberId: stored.subscriber_id,
  campaignMessageId: stored.campaign_message_id,
  lane: stored.lane,
  purpose: stored.purpose,
  whenSlotTaken: stored.when_slot_taken,
  variablesSealed: stored.variables_sealed,
  automationRunId: stored.automation_run_id,
  state: stored.state,
  batchId: stored.batch_id,
  claimNo: stored.claim_no,
  tries: stored.tries,
  tokenId: stored.token_id,
  costMinor: stored.cost_minor,
  budgetDay: stored.budget_day,
  reserved: stored.reserved,
  slotBeforeMs: msOrNull(stored.slot_before),
  slotSendBefore: stored.slot_send_before,
  ruleId: stored.rule_id,
  facts: stored.facts,
  allowedAtMs: msOrNull(stored.allowed_at),
  dueAtMs: msOrNull(stored.due_at),
  reason: stored.reason,
  begunFence: stored.begun_fence,
  begunAtMs: msOrNull(stored.begun_at),
  begunWallAtMs: msOrNull(stored.begun_wall_at),
  claimedAtMs: msOrNull(stored.claimed_at),
  claimedWallAtMs: msOrNull(stored.claimed_wall_at),
  acceptedAtMs: msOrNull(stored.accepted_at),
  deliveredAtMs: msOrNull(stored.delivered_at),
  readAtMs: msOrNull(stored.read_at),
  clickedAtMs: msOrNull(stored.clicked_at),
  linkClicks: stored.link_clicks,
  trackingId: stored.tracking_id,
});

const COLUMNS = `id, campaign_id, subscriber_id, campaign_message_id, lane, purpose, when_slot_taken, variables_sealed,
  automation_run_id, state, batch_id, claim_no, tries, token_id, cost_minor, budget_day, reserved, slot_before,
  slot_send_before, rule_id, facts, allowed_at, due_at, reason, begun_fence, begun_at, begun_wall_at, claimed_at,
  claimed_wall_at, accepted_at, delivered_at, read_at, clicked_at, link_clicks, tracking_id`;

/** Where sends stand: those of one campaign. */
export interface LedgerScope {
  readonly workspaceId: string;
  readonly campaignId: string;
}

/** The sends of $2 with the ids of $3. */
const WANTED = `wanted AS MATERIALIZED (SELECT $2::uuid AS of_campaign, unnest($3::uuid[]) AS send_id)`;
const OF_WANTED = `wanted JOIN sends ON ${keyIs('campaign_id', 'of_campaign')} AND ${keyIs('id', 'send_id')}`;

const LOCK = `WITH ${WANTED}
SELECT ${COLUMNS} FROM ${OF_WANTED} WHERE workspace_id = $1 ORDER BY id FOR UPDATE OF sends`;

/** Locks sends of one campaign in the order of their ids and reads them as they are then (protocol §1.3). */
export async function lockSends(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  ids: readonly string[],
): Promise<SendRow[]> {
  if (ids.length === 0) return [];
  const stored = await rows<StoredSend>(manager, LOCK, [workspaceId, campaignId, ids]);
  return stored.map(toSendRow);
}

/** A message and its person, found without a lock. */
export interface FoundSend {
  readonly id: string;
  readonly subscriber_id: string;
}

/** Sends whose people are locked too. */
export interface LockedSends {
  readonly sends: readonly SendRow[];
  /** Those of their people whose workflow is open. */
  readonly openWorkflows: ReadonlySet<string>;
}

/**
 * Counting the people first makes Postgres lock all of them before it looks for a send. Only what the statement locks
 * itself is read by it, so nothing here is older than its lock; everything else is loaded afterwards (protocol §1.2).
 */
const LOCK_BOTH = `
WITH person AS MATERIALIZED (
  SELECT id, workflow_open FROM subscribers WHERE workspace_id = $1 AND id = ANY($4) ORDER BY id FOR NO KEY UPDATE
), people AS MATERIALIZED (
  SELECT count(*) AS count, array_agg(id) FILTER (WHERE workflow_open) AS open FROM person
), ${WANTED}
SELECT ${COLUMNS}, subscriber_id = ANY(coalesce((SELECT open FROM people), '{}')) AS workflow_open FROM ${OF_WANTED}
 WHERE (SELECT count FROM people) >= 0 AND workspace_id = $1 ORDER BY id FOR UPDATE OF sends`;

/** Locks people by id, then sends of one campaign by id, and reads the sends as they are then. */
export async function lockPeopleAndSends(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  found: readonly FoundSend[],
): Promise<LockedSends> {
  if (found.length === 0) return { sends: [], openWorkflows: new Set() };
  const stored = await preparedRows<StoredSend & { workflow_open: boolean }>(manager, LOCK_BOTH, [
    workspaceId,
    campaignId,
    binaryArray(
      'uuid',
      found.map((send) => send.id),
    ),
    binaryArray('uuid', [...new Set(found.map((send) => send.subscriber_id))]),
  ]);
  const open = stored.filter((send) => send.workflow_open).map((send) => send.subscriber_id);
  return { sends: stored.map(toSendRow), openWorkflows: new Set(open) };
}
