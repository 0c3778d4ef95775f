import type { EntityManager } from 'typeorm';
import { wakeAll } from '../outbox/wake';
import { readNowMs } from '../persistence/clock';
import type { Envelope } from '../security/envelope';
import { groupBy } from '../worker-loops/group-by';
import { applyOptIns } from './appliers/apply-opt-ins';
import { applyPolicies } from './appliers/apply-policies';
import { applyStatuses } from './appliers/apply-statuses';
import { applyStops } from './appliers/apply-stops';
import type { Applier, GroupContext } from './appliers/group-context';
import { openWindows } from './appliers/open-windows';
import { findOrCreatePeople } from './find-or-create-people';
import type { NamedPerson } from './find-or-create-people';
import type { InboxRow } from './inbox-row';
import { writeSettlements } from './settlement';
import { openBody } from './stored-event';

/** In the order of locks: Page, people, sends and money. */
const APPLIERS = {
  policies: applyPolicies,
  windows: openWindows,
  optIns: applyOptIns,
  stops: applyStops,
  statuses: applyStatuses,
} as const satisfies Readonly<Record<string, Applier>>;

const APPLIER_OF_KIND: Readonly<Record<string, keyof typeof APPLIERS | undefined>> = {
  policy: 'policies',
  message: 'windows',
  postback: 'windows',
  reaction: 'windows',
  referral: 'windows',
  opt_in: 'optIns',
  opt_in_resume: 'optIns',
  opt_in_stop: 'stops',
  mm_echo: 'statuses',
  mm_delivery: 'statuses',
  mm_read: 'statuses',
  mm_click: 'statuses',
  mm_failed: 'statuses',
  echo: 'statuses',
  delivery: 'statuses',
  read: 'statuses',
};

/**
 * Applies events of many people and tenants in the caller's transaction: effects, wakes, outbox and what became of the
 * rows commit together (protocol §7.2). Everything here gives the same result in whatever order events come.
 */
export async function applyGroup(
  manager: EntityManager,
  events: readonly InboxRow[],
  envelope: Envelope,
): Promise<void> {
  const byApplier = groupBy(events, (row) => APPLIER_OF_KIND[row.kind]);
  const nowMs = await readNowMs(manager);
  const context: GroupContext = { manager, envelope, nowMs, people: new Map(), wakes: [], settlements: [] };
  await APPLIERS.policies(context, byApplier.get('policies') ?? []);
  const ofPeople = [...(byApplier.get('windows') ?? []), ...(byApplier.get('optIns') ?? [])];
  const withPeople = { ...context, people: await peopleOf(manager, ofPeople, envelope) };
  await APPLIERS.windows(withPeople, byApplier.get('windows') ?? []);
  await APPLIERS.optIns(withPeople, byApplier.get('optIns') ?? []);
  await APPLIERS.stops(withPeople, byApplier.get('stops') ?? []);
  await APPLIERS.statuses(withPeople, byApplier.get('statuses') ?? []);
  for (const row of byApplier.get(undefined) ?? []) context.settlements.push({ row, state: 'ignored' });
  await wakeAll(manager, context.wakes);
  await writeSettlements(manager, context.settlements);
}

/** Finds, creates and locks the people of events. @returns subscriber ids by inbox id */
async function peopleOf(
  manager: EntityManager,
  events: readonly InboxRow[],
  envelope: Envelope,
): Promise<Map<string, string>> {
  const named = events.map((row) => toNamed(row, envelope));
  const found = await findOrCreatePeople(manager, named);
  return new Map(events.flatMap((row, index) => (found[index] ? [[row.id, found[index].subscriberId] as const] : [])));
}

function toNamed(row: InboxRow, envelope: Envelope): NamedPerson {
  return {
    workspaceId: row.workspaceId,
    pageId: row.pageId,
    psidHash: row.keys.psidHash,
    tokenHash: row.keys.tokenHash,
    source: row.kind.startsWith('opt_in') ? 'opt_in' : 'wrote',
    sealPsid: () => {
      const { psid } = openBody(row, envelope);
      return psid === undefined ? undefined : envelope.seal(psid, `subscribers.psid:${row.pageId}`);
    },
  };
}
