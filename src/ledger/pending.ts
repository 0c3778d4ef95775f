import type { EntityManager } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import { rows } from '../persistence/database';
import type { FoundSend, LedgerScope } from './send-row';

/** `sends.pending` of the states that have one; Postgres makes it by the expression in the schema. */
const PENDING: Partial<Record<SendState, string>> = {
  queued: 'queued',
  held: 'held',
  claimed: 'open',
  sending: 'open',
  unknown: 'unknown',
};

/** What rows in these states have in `sends.pending`, each value once; null among them for those that wait for nothing. */
export const pendingOf = (states: readonly SendState[]): (string | null)[] => [
  ...new Set(states.map((state) => PENDING[state] ?? null)),
];

/**
 * Finds a few of a campaign's messages in states in which they wait, in no order. Each of their indexes is asked on its
 * own: for a list of values none of them would be.
 */
export function findWaiting(
  manager: EntityManager,
  { workspaceId, campaignId }: LedgerScope,
  states: readonly SendState[],
  atMost: number,
): Promise<FoundSend[]> {
  const arms = pendingOf(states).map(
    (pending) => `(SELECT id, subscriber_id FROM sends
  WHERE workspace_id = $1 AND campaign_id = $2 AND pending = '${String(pending)}' AND state = ANY($3) LIMIT $4)`,
  );
  const found = `SELECT * FROM (${arms.join(' UNION ALL ')}) AS few LIMIT $4`;
  return rows<FoundSend>(manager, found, [workspaceId, campaignId, states, atMost]);
}
