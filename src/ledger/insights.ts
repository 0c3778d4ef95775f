import type { EntityManager } from 'typeorm';
import type { SendState } from '../../domain/delivery/send-transitions';
import { SEND_STATES, reachedAtLeast } from '../../domain/delivery/send-transitions';
import { rows } from '../persistence/database';

/** Counts of messages (`linkClicks`: of taps) and money in minor units. */
export interface InsightCounts {
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  readonly clicked: number;
  readonly linkClicks: number;
  readonly failed: number;
  readonly refused: number;
  readonly held: number;
  readonly unknown: number;
  readonly spendMinor: number;
}

/** Nothing happened. */
const NO_COUNTS: InsightCounts = {
  sent: 0,
  delivered: 0,
  read: 0,
  clicked: 0,
  linkClicks: 0,
  failed: 0,
  refused: 0,
  held: 0,
  unknown: 0,
  spendMinor: 0,
};

const since = (milestone: 'accepted' | 'delivered' | 'read' | 'clicked'): string =>
  SEND_STATES.filter((state) => reachedAtLeast(state, milestone))
    .map((state) => `'${state}'`)
    .join(', ');

/**
 * What happened in a campaign, as (moment, figure, amount). A status may overtake the one before it: a delivery without
 * an acceptance counts for both. What is counted by state happened when the send came to that state.
 */
const HAPPENED = `
SELECT coalesce(accepted_at, delivered_at, read_at, clicked_at) AS at, 'sent' AS figure, 1 AS amount
  FROM sends WHERE campaign_id = $1 AND state IN (${since('accepted')})
UNION ALL SELECT coalesce(delivered_at, read_at, clicked_at), 'delivered', 1
  FROM sends WHERE campaign_id = $1 AND state IN (${since('delivered')})
UNION ALL SELECT coalesce(read_at, clicked_at), 'read', 1
  FROM sends WHERE campaign_id = $1 AND state IN (${since('read')})
UNION ALL SELECT clicked_at, 'clicked', 1 FROM sends WHERE campaign_id = $1 AND state IN (${since('clicked')})
UNION ALL SELECT clicked_at, 'linkClicks', link_clicks FROM sends WHERE campaign_id = $1 AND link_clicks > 0
UNION ALL SELECT (SELECT max(at) FROM send_states WHERE send_id = sends.id AND send_states.state = sends.state), state, 1
  FROM sends WHERE campaign_id = $1 AND state IN ('failed', 'refused', 'held', 'unknown')
UNION ALL SELECT at, 'spendMinor', amount_minor
  FROM budget_entries WHERE campaign_id = $1 AND kind IN ('charge', 'adjust')`;

interface Sum {
  readonly day: string;
  readonly figure: keyof InsightCounts;
  readonly amount: number;
}

/** The figures of a campaign's days with anything to count, oldest first; days are those of the time zone. */
export async function insightsByDay(
  manager: EntityManager,
  campaignId: string,
  timeZone: string,
): Promise<ReadonlyMap<string, InsightCounts>> {
  const sums = await rows<Sum>(
    manager,
    `SELECT to_char(at AT TIME ZONE $2, 'YYYY-MM-DD') AS day, figure, sum(amount)::bigint AS amount
       FROM (${HAPPENED}) AS happened WHERE at IS NOT NULL GROUP BY 1, 2 ORDER BY 1`,
    [campaignId, timeZone],
  );
  const days = new Map<string, InsightCounts>();
  for (const { day, figure, amount } of sums) days.set(day, { ...(days.get(day) ?? NO_COUNTS), [figure]: amount });
  return days;
}

/** The figures of a whole campaign. */
export async function insightsTotal(manager: EntityManager, campaignId: string): Promise<InsightCounts> {
  const sums = await rows<Omit<Sum, 'day'>>(
    manager,
    `SELECT figure, sum(amount)::bigint AS amount FROM (${HAPPENED}) AS happened GROUP BY figure`,
    [campaignId],
  );
  return { ...NO_COUNTS, ...Object.fromEntries(sums.map(({ figure, amount }) => [figure, amount])) };
}

/** What was spent on each of these sends, minor units. */
export async function spendOf(
  manager: EntityManager,
  sendIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const spent = await rows<{ send_id: string; amount: number }>(
    manager,
    `SELECT send_id, sum(amount_minor)::bigint AS amount FROM budget_entries
      WHERE send_id = ANY($1) AND kind IN ('charge', 'adjust') GROUP BY send_id`,
    [sendIds],
  );
  return new Map(spent.map(({ send_id, amount }) => [send_id, amount]));
}

/** The figures of one send. */
export function insightOfSend(
  send: { readonly state: string; readonly linkClicks: number },
  spendMinor: number,
): InsightCounts {
  const state = send.state as SendState;
  const reached = (milestone: 'accepted' | 'delivered' | 'read' | 'clicked') =>
    Number(reachedAtLeast(state, milestone));
  const is = (wanted: SendState) => Number(state === wanted);
  return {
    sent: reached('accepted'),
    delivered: reached('delivered'),
    read: reached('read'),
    clicked: reached('clicked'),
    linkClicks: send.linkClicks,
    failed: is('failed'),
    refused: is('refused'),
    held: is('held'),
    unknown: is('unknown'),
    spendMinor,
  };
}
