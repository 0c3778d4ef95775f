import type { DataSource, EntityManager } from 'typeorm';
import { SEND_DEADLINE_MS, UNKNOWN_WAIT_MS } from '../../domain/delivery/unknown-evidence';
import { wakeAll } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import { CLAIM_LIFETIME_MS } from './begin';
import type { FoundAnywhere, FoundBegun } from './each-campaign';
import { eachCampaign, isSameBegin } from './each-campaign';
import { giveBackRows, toQueue } from './put-back';
import { wakesForReturned } from './returned-wakes';
import { wakesForRuns } from './run-wakes';
import type { LedgerScope, SendRow } from './send-row';
import { lockSends } from './send-row';
import { unknown } from './settle';
import type { SendChange } from './write-ledger';
import { moveSends } from './write-ledger';

/** `sending` for longer than this, wall clock, is unknown, whatever became of its batch (protocol §3.7). */
const SWEEP_AFTER_MS = 60_000;

/** Rows of one round. */
const AT_ONCE = 500;

/**
 * The first of those whom a statement finds. They are put in order apart: else Postgres may walk the whole table by its
 * key instead, for the few that an index finds at once.
 */
const inOrder = (found: string): string =>
  `WITH found AS MATERIALIZED (${found}) SELECT * FROM found ORDER BY campaign_id, id LIMIT ${AT_ONCE}`;

/**
 * Moves every send that is too long without an answer to `unknown`; after the deadline where a later attempt
 * holds the batch, for then the one that began it has died or sleeps. @returns how many
 */
export async function sweepAll(dataSource: DataSource): Promise<number> {
  const stuck = await rows<FoundBegun>(
    dataSource.manager,
    inOrder(
      `SELECT workspace_id, campaign_id, id, subscriber_id, claim_no, begun_fence FROM sends s
        WHERE pending = 'open' AND state = 'sending' AND (begun_wall_at < $1 OR begun_wall_at < $2 AND EXISTS (
          SELECT FROM batches b WHERE b.workspace_id = s.workspace_id AND b.id = s.batch_id
             AND b.fence > s.begun_fence))`,
    ),
    [new Date(Date.now() - SWEEP_AFTER_MS), new Date(Date.now() - SEND_DEADLINE_MS)],
  );
  return eachCampaign(dataSource, stuck, moveToUnknown);
}

/** The same for one campaign that closes, after the deadline of its sends. */
export async function sweepCampaign(dataSource: DataSource, { workspaceId, campaignId }: LedgerScope): Promise<number> {
  const stuck = await rows<FoundBegun>(
    dataSource.manager,
    `SELECT workspace_id, campaign_id, id, subscriber_id, claim_no, begun_fence FROM sends
      WHERE workspace_id = $1 AND campaign_id = $2 AND pending = 'open' AND state = 'sending' AND begun_wall_at < $3
      ORDER BY id`,
    [workspaceId, campaignId, new Date(Date.now() - SEND_DEADLINE_MS)],
  );
  return eachCampaign(dataSource, stuck, moveToUnknown);
}

/** Claims that nobody has begun in two minutes are given back, whatever became of their batch (protocol §2). */
export async function sweepClaims(dataSource: DataSource): Promise<number> {
  const old = await rows<FoundAnywhere>(
    dataSource.manager,
    inOrder(
      `SELECT workspace_id, campaign_id, id, subscriber_id FROM sends
        WHERE pending = 'open' AND state = 'claimed' AND claimed_wall_at < $1`,
    ),
    [new Date(Date.now() - CLAIM_LIFETIME_MS)],
  );
  return eachCampaign(dataSource, old, giveBackOld);
}

/**
 * Closes batches of one of which nothing is claimed or in flight any more: their row left them while their attempt was
 * dead, and no campaign that closes or pauses would. @returns how many
 */
export async function closeLeftSingles({ manager }: DataSource): Promise<number> {
  const closed = await rows(
    manager,
    `UPDATE batches SET state = 'closed', closed_at = now()
      WHERE (workspace_id, id) IN (
        SELECT b.workspace_id, b.id FROM batches b
         WHERE b.state = 'open' AND b.kind = 'single' AND b.created_at < $1 AND NOT EXISTS (
           SELECT FROM sends s WHERE s.workspace_id = b.workspace_id AND s.campaign_id = b.campaign_id
              AND s.batch_id = b.id AND s.pending = 'open')
         ORDER BY b.id LIMIT $2 FOR UPDATE OF b) RETURNING id`,
    [new Date(Date.now() - SWEEP_AFTER_MS), AT_ONCE],
  );
  return closed.length;
}

/** Unknown outcomes whose waiting time is over count as sent; slot and money stay (protocol §3.8). @returns how many */
export async function assumeSent(dataSource: DataSource): Promise<number> {
  const nowMs = await readNowMs(dataSource.manager);
  const due = await rows<FoundAnywhere>(
    dataSource.manager,
    inOrder(
      `SELECT workspace_id, campaign_id, id, subscriber_id FROM sends
        WHERE pending = 'unknown' AND due_at <= $1 AND begun_at <= $2`,
    ),
    [new Date(nowMs), new Date(nowMs - UNKNOWN_WAIT_MS)],
  );
  return eachCampaign(dataSource, due, moveToAssumed);
}

type Move<T = FoundAnywhere> = (manager: EntityManager, scope: LedgerScope, found: readonly T[]) => Promise<number>;

const moveToUnknown: Move<FoundBegun> = (manager, scope, found) => {
  const stuck = new Map(found.map((send) => [send.id, send]));
  return moveLocked(manager, scope, found, (before) =>
    before.state === 'sending' && isSameBegin(before, stuck.get(before.id))
      ? { before, after: unknown(before), by: 'sweeper', detail: 'no answer' }
      : null,
  );
};

const moveToAssumed: Move = (manager, scope, found) =>
  moveLocked(manager, scope, found, (before, nowMs) =>
    before.state === 'unknown' && before.begunAtMs !== null && before.begunAtMs + UNKNOWN_WAIT_MS <= nowMs
      ? { before, after: { ...before, state: 'assumed_sent', dueAtMs: null }, by: 'evidence' }
      : null,
  );

async function moveLocked(
  manager: EntityManager,
  scope: LedgerScope,
  found: readonly FoundAnywhere[],
  changeOf: (before: SendRow, nowMs: number) => SendChange | null,
): Promise<number> {
  const locked = await lockSends(
    manager,
    scope,
    found.map((send) => send.id),
  );
  const nowMs = await readNowMs(manager);
  const changes = locked.map((row) => changeOf(row, nowMs)).filter((change) => change !== null);
  await moveSends(manager, scope, { changes, nowMs });
  await wakeAll(manager, await wakesForRuns(manager, scope, changes));
  return changes.length;
}

const giveBackOld: Move = async (manager, scope, found) => {
  const isOld = ({ claimedWallAtMs }: SendRow): boolean => Date.now() - (claimedWallAtMs ?? 0) > CLAIM_LIFETIME_MS;
  const { moved, wakes } = await giveBackRows(manager, scope, found, toQueue(isOld));
  await wakeAll(manager, [...wakes, ...(await wakesForReturned(manager, scope, moved))]);
  return moved.length;
};
