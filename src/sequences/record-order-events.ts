import type { EntityManager } from 'typeorm';
import type { SubscriberIds } from '../../activities/subscriber.ports';
import { subscriberWorkflowId } from '../../workflows/shared/names';
import { orderStatusChangedSignal } from '../../workflows/subscriber/subscriber.contract';
import type { ContentKeys } from '../ledger/campaign-content';
import type { OwedWake, Wake } from '../outbox/wake';
import { wakeAll } from '../outbox/wake';
import { uuidV7 } from '../security/uuid-v7';
import { callOffOrder, runsOfOrder } from './call-off-order';
import { findPeople } from './find-people';
import type { MatchingAutomation } from './matching-automations';
import { matchingAutomations } from './matching-automations';
import type { OrderEventOutcome, OrderEventReport, OrderEventResult } from './order-event';
import { isCalledOff, statusKey } from './order-event';
import type { EarlierEvents } from './order-history';
import { insertOrderEvent, readEarlierEvents } from './order-history';
import { plannedSteps } from './planned-steps';
import { startRuns } from './start-runs';

/** What a shop reports in one call. */
export interface OrderEventReports {
  readonly workspaceId: string;
  readonly events: readonly OrderEventReport[];
  /** Answers what would become of them and writes nothing. */
  readonly dryRun: boolean;
}

/** What became of them, in the order of the call. */
export interface RecordedOrderEvents {
  readonly results: readonly OrderEventResult[];
  /** To be delivered after the commit. */
  readonly owed: readonly OwedWake[];
}

/**
 * Records order events in the caller's transaction: each (source, order, status) once; the newest of an order sets the
 * automations of its status going, a cancelled or refunded order ends what it had set going, and every event of a known
 * person is told to their workflow.
 */
export async function recordOrderEvents(
  manager: EntityManager,
  keys: ContentKeys,
  { workspaceId, events, dryRun }: OrderEventReports,
): Promise<RecordedOrderEvents> {
  const people = await findPeople(manager, keys.lookupHash, workspaceId, events);
  const results: OrderEventResult[] = [];
  const wakes: Wake[] = [];
  for (const [place, report] of events.entries()) {
    const one = { workspaceId, report, subscriberId: people[place] ?? null };
    const result = await recordOne(manager, keys, one, dryRun);
    results.push(result);
    if (result.outcome !== 'duplicate') wakes.push(...told(one, result.id));
  }
  return { results, owed: dryRun ? [] : await wakeAll(manager, wakes) };
}

interface PersonReport {
  readonly workspaceId: string;
  readonly report: OrderEventReport;
  readonly subscriberId: string | null;
}

async function recordOne(
  manager: EntityManager,
  keys: ContentKeys,
  one: PersonReport,
  dryRun: boolean,
): Promise<OrderEventResult> {
  const { report, workspaceId } = one;
  const earlier = await readEarlierEvents(manager, workspaceId, report);
  if (earlier.sameId !== null) return answer(one, earlier.sameId, 'duplicate');
  const automations =
    one.subscriberId === null ? [] : await matchingAutomations(manager, keys.envelope, workspaceId, report);
  const calledOff = await runsCalledOff(manager, one);
  const outcome = outcomeOf(one, earlier, automations.length + calledOff.length);
  const id = uuidV7();
  if (dryRun) return answer(one, id, outcome, await willDo(manager, one, outcome, automations));
  const inserted = await insertOrderEvent(manager, keys.envelope, { ...one, id, outcome });
  if (!inserted) return recordOne(manager, keys, one, dryRun);
  if (outcome !== 'stale') await takeEffect(manager, keys, { ...one, id }, { automations, calledOff });
  return answer(one, id, outcome, await willDo(manager, one, outcome, automations));
}

function outcomeOf(
  { report, subscriberId }: PersonReport,
  { newestAtMs }: EarlierEvents,
  effects: number,
): OrderEventOutcome {
  if (newestAtMs !== null && report.occurredAtMs < newestAtMs) return 'stale';
  if (subscriberId === null) return 'no_subscriber';
  return effects === 0 ? 'no_automation' : 'accepted';
}

/** The runs that a cancelled or refunded order ends. */
async function runsCalledOff(
  manager: EntityManager,
  { workspaceId, report, subscriberId }: PersonReport,
): Promise<readonly string[]> {
  if (subscriberId === null || !isCalledOff(statusKey(report.status))) return [];
  return runsOfOrder(manager, { workspaceId, pageId: report.pageId, subscriberId }, report);
}

/** What an event does. */
interface Effects {
  readonly automations: readonly MatchingAutomation[];
  readonly calledOff: readonly string[];
}

/** Ends what the order had set going, then sets its own automations going: "refunded" may have one, too. */
async function takeEffect(
  manager: EntityManager,
  keys: ContentKeys,
  { workspaceId, report, subscriberId, id }: PersonReport & { readonly id: string },
  { automations, calledOff }: Effects,
): Promise<void> {
  if (subscriberId === null) return;
  await callOffOrder(manager, { workspaceId, pageId: report.pageId, subscriberId }, calledOff);
  await startRuns(manager, keys.envelope, { workspaceId, subscriberId, orderEventId: id, report }, automations);
}

async function willDo(
  manager: EntityManager,
  { workspaceId, report, subscriberId }: PersonReport,
  outcome: OrderEventOutcome,
  automations: readonly MatchingAutomation[],
): Promise<OrderEventResult['willDo']> {
  if (outcome !== 'accepted' || subscriberId === null) return [];
  const ids: SubscriberIds = { workspaceId, pageId: report.pageId, subscriberId };
  return plannedSteps(
    manager,
    ids,
    automations.flatMap(({ steps }) => steps),
  );
}

const answer = (
  { report, subscriberId }: PersonReport,
  id: string,
  outcome: OrderEventOutcome,
  willDoSteps: OrderEventResult['willDo'] = [],
): OrderEventResult => ({
  id,
  outcome,
  ...(subscriberId !== null && { workflowId: subscriberWorkflowId(report.pageId, subscriberId) }),
  willDo: willDoSteps,
});

const told = ({ workspaceId, report, subscriberId }: PersonReport, orderEventId: string): Wake[] =>
  subscriberId === null
    ? []
    : [
        {
          workspaceId,
          pageId: report.pageId,
          ownerKind: 'subscriber',
          ownerId: subscriberId,
          signal: orderStatusChangedSignal.name,
          args: { orderEventId, status: statusKey(report.status), at: new Date(report.occurredAtMs).toISOString() },
        },
      ];
