import type { EntityManager } from 'typeorm';
import type { SendReason } from '../../domain/delivery/send-reasons';
import type { SendState } from '../../domain/delivery/send-transitions';
import { rankOf } from '../../domain/delivery/send-transitions';
import type { Wake } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import { groupBy } from '../worker-loops/group-by';
import type { MatchedStatus, StatusEvent } from './match-status-events';
import { matchStatusEvents } from './match-status-events';
import { wakesForMoney } from './money-wakes';
import { wakesForRuns } from './run-wakes';
import type { LedgerScope, SendRow } from './send-row';
import { lockSends } from './send-row';
import type { SendChange } from './write-ledger';
import { moveSends } from './write-ledger';

export type { StatusEvent } from './match-status-events';

/**
 * Moves sends forward by Meta's status events, in any order they come, and books their money.
 *
 * @param wakes - takes whom returned money and decided messages wake; written by the caller, last of all
 * @returns by inbox id, whether a send was found
 */
export async function applyStatusEvents(
  manager: EntityManager,
  workspaceId: string,
  events: readonly StatusEvent[],
  wakes: Wake[],
): Promise<Map<string, 'applied' | 'unmatched'>> {
  const outcome = new Map<string, 'applied' | 'unmatched'>(events.map((event) => [event.inboxId, 'unmatched']));
  if (events.length === 0) return outcome;
  const matched = await matchStatusEvents(manager, workspaceId, events);
  const nowMs = await readNowMs(manager);
  const byCampaign = groupBy(matched, (one) => one.campaignId);
  for (const campaignId of [...byCampaign.keys()].sort()) {
    const found = byCampaign.get(campaignId) ?? [];
    wakes.push(...(await applyToCampaign(manager, { workspaceId, campaignId }, found, nowMs)));
    for (const { event } of found) outcome.set(event.inboxId, 'applied');
  }
  return outcome;
}

async function applyToCampaign(
  manager: EntityManager,
  scope: LedgerScope,
  found: readonly MatchedStatus[],
  nowMs: number,
): Promise<Wake[]> {
  const eventsOf = groupBy(found, (one) => one.sendId);
  const locked = await lockSends(manager, scope, [...eventsOf.keys()]);
  const changes = locked.flatMap((before): SendChange[] => {
    const after = (eventsOf.get(before.id) ?? []).reduce((row, { event }) => applyOne(row, event), before);
    return after === before ? [] : [{ before, after, by: moverOf(before.state) }];
  });
  const bookings = await moveSends(manager, scope, { changes, nowMs });
  return [...(await wakesForMoney(manager, scope, bookings)), ...(await wakesForRuns(manager, scope, changes))];
}

const moverOf = (before: SendState): SendChange['by'] =>
  before === 'unknown' || before === 'assumed_sent' ? 'evidence' : 'webhook';

function applyOne(row: SendRow, event: StatusEvent): SendRow {
  if (event.state === 'failed') return fail(row, event);
  return rankOf(row.state) === 0 ? takeBack(row, event) : forward(row, event);
}

/** What may have left moves forward by Meta's word. */
function forward(row: SendRow, event: StatusEvent): SendRow {
  const isFurther = rankOf(event.state) > rankOf(row.state);
  return {
    ...row,
    ...stamped(row, event),
    state: isFurther ? event.state : row.state,
    dueAtMs: null,
    trackingId: row.trackingId ?? event.trackingId,
    acceptedAtMs: row.acceptedAtMs ?? event.atMs,
    reserved: event.state === 'accepted' && row.reserved,
  };
}

/**
 * Meta delivers what it had reported as failed. The row stays what it became since, and a new claim keeps its money: the
 * delivery is billed beside it, and whoever decides next sees that the message has arrived.
 */
const takeBack = (row: SendRow, event: StatusEvent): SendRow =>
  event.state === 'accepted' || row.begunAtMs === null ? row : { ...row, ...stamped(row, event) };

function stamped(row: SendRow, { state, atMs }: StatusEvent): Partial<SendRow> {
  const deliveredAtMs = row.deliveredAtMs ?? atMs;
  const readAtMs = row.readAtMs ?? atMs;
  switch (state) {
    case 'accepted':
    case 'failed':
      return {};
    case 'delivered':
      return { deliveredAtMs };
    case 'read':
      return { deliveredAtMs, readAtMs };
    case 'clicked':
      return { deliveredAtMs, readAtMs, clickedAtMs: row.clickedAtMs ?? atMs, linkClicks: row.linkClicks + 1 };
  }
}

/** Meta dropped it after acceptance: the money comes back, the slot stays taken (protocol §4). */
function fail(row: SendRow, event: StatusEvent): SendRow {
  const { state } = row;
  if (state !== 'accepted' && state !== 'sending' && state !== 'unknown' && state !== 'assumed_sent') return row;
  return {
    ...row,
    state: 'failed',
    reason: 'delivery_failed' satisfies SendReason,
    dueAtMs: null,
    reserved: false,
    trackingId: row.trackingId ?? event.trackingId,
    acceptedAtMs: row.acceptedAtMs ?? event.atMs,
  };
}
