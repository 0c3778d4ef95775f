import type { SendState } from '../../domain/delivery/send-transitions';

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
 * SQL for a few of a campaign's messages in states in which they wait, in no order: each of their indexes is asked on its
 * own, for a list of values would find none of them. Parameters: $1 workspace, $2 campaign, $3 the states, $4 how many.
 */
export const fewOf = (states: readonly SendState[]): string => {
  const arms = pendingOf(states).map(
    (pending) => `(SELECT id, subscriber_id FROM sends
  WHERE workspace_id = $1 AND campaign_id = $2 AND pending = '${String(pending)}' AND state = ANY($3) LIMIT $4)`,
  );
  return `SELECT * FROM (${arms.join(' UNION ALL ')}) AS few LIMIT $4`;
};
