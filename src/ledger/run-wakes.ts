import type { EntityManager } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import type { Wake } from '../outbox/wake';
import { readHome } from './campaign-record';
import type { LedgerScope } from './send-row';
import type { SendChange } from './write-ledger';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';

/** The states in which the step of an automation still waits for its message. */
const AWAITED: readonly SendState[] = ['queued', 'held', 'claimed', 'sending'];

/**
 * Whose automation goes on, because somebody else's hand has decided the message its step waits for. The step has no
 * moment of its own, so the wake is owed (protocol §6); raised with the last statement of the transaction.
 */
export async function wakesForRuns(
  manager: EntityManager,
  scope: LedgerScope,
  changes: readonly SendChange[],
): Promise<Wake[]> {
  const decided = changes.filter(isDecidedForRun);
  const home = decided.length === 0 ? null : await readHome(manager, scope);
  if (home === null) return [];
  return decided.map(({ after }) => ({
    workspaceId: scope.workspaceId,
    pageId: home.pageId,
    ownerKind: 'subscriber',
    ownerId: after.subscriberId,
    signal: refreshSignal.name,
  }));
}

const isDecidedForRun = ({ before, after }: SendChange): boolean =>
  after.automationRunId !== null && before !== null && AWAITED.includes(before.state) && !AWAITED.includes(after.state);
