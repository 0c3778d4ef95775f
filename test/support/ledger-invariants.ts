import type { SendState } from '../../domain/delivery/send-transitions';
import { SEND_TRANSITIONS } from '../../domain/delivery/send-transitions';
import type { DataSource } from 'typeorm';
import { groupBy } from '../../src/worker-loops/group-by';
import { askedAgain } from './asked-again';

/** What must hold in every ledger at every moment; each query gives the rows that break it. */
const BROKEN: Readonly<Record<string, string>> = {
  'counters are the sums of the entries': `
    SELECT b.campaign_id, b.reserved_minor, b.spent_minor, e.reserved, e.spent FROM campaign_budgets b
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(CASE kind WHEN 'reserve' THEN amount_minor WHEN 'adjust' THEN 0 ELSE -amount_minor END), 0) AS reserved,
               coalesce(sum(CASE WHEN kind IN ('charge', 'adjust') THEN amount_minor ELSE 0 END), 0) AS spent
          FROM budget_entries WHERE campaign_id = b.campaign_id) e ON true
     WHERE b.reserved_minor <> e.reserved OR b.spent_minor <> e.spent`,
  'nothing of ours goes above the budget': `
    SELECT b.campaign_id, b.reserved_minor, b.spent_minor FROM campaign_budgets b
     WHERE b.reserved_minor + b.spent_minor > b.budget_minor
           + (SELECT coalesce(sum(amount_minor), 0) FROM budget_entries e WHERE e.campaign_id = b.campaign_id AND kind = 'adjust')`,
  'a reservation ends once': `
    SELECT send_id, claim_no FROM budget_entries WHERE send_id IS NOT NULL GROUP BY send_id, claim_no
    HAVING count(*) FILTER (WHERE kind = 'reserve') > 1
        OR count(*) FILTER (WHERE kind IN ('charge', 'release')) > count(*) FILTER (WHERE kind = 'reserve')`,
  'the rows know what is reserved for them': `
    SELECT s.id, s.state, s.reserved FROM sends s
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(CASE kind WHEN 'reserve' THEN 1 WHEN 'adjust' THEN 0 ELSE -1 END), 0) AS open
          FROM budget_entries WHERE send_id = s.id) e ON true
     WHERE s.reserved <> (e.open > 0) OR e.open NOT IN (0, 1)
        OR (s.reserved AND s.state IN ('queued', 'held', 'refused', 'cancelled', 'failed', 'delivered', 'read', 'clicked'))`,
  'a paid message that may have gone had its money': `
    SELECT s.id, s.state FROM sends s JOIN campaign_budgets b ON b.campaign_id = s.campaign_id
     WHERE s.state IN ('claimed', 'sending', 'accepted', 'unknown', 'assumed_sent') AND NOT s.reserved`,
  'a slot is held by one of the person alone': `
    SELECT p.id FROM subscribers p JOIN sends s ON s.id = p.paid_slot_send WHERE s.subscriber_id <> p.id`,
  'a message that leaves holds the slot of its person': `
    SELECT s.id, s.state FROM sends s JOIN subscribers p ON p.id = s.subscriber_id
     WHERE s.lane = 'paid' AND s.state = 'sending' AND p.paid_slot_send IS DISTINCT FROM s.id
       AND NOT EXISTS (SELECT FROM sends o WHERE o.id = p.paid_slot_send
                         AND o.claimed_at >= s.begun_at + interval '12 hours')`,
  'two paid messages to a person never overlap': `
    SELECT a.id, b.id AS other FROM sends a JOIN sends b ON b.subscriber_id = a.subscriber_id AND b.id > a.id
     WHERE a.lane = 'paid' AND b.lane = 'paid'
       AND a.state IN ('sending', 'accepted', 'delivered', 'read', 'clicked', 'unknown', 'assumed_sent')
       AND b.state IN ('sending', 'accepted', 'delivered', 'read', 'clicked', 'unknown', 'assumed_sent')
       AND abs(extract(epoch FROM a.begun_at - b.begun_at)) < 12 * 3600`,
  'the history ends with the state': `
    SELECT s.id, s.state FROM sends s
     WHERE s.state IS DISTINCT FROM (SELECT h.state FROM send_states h WHERE h.send_id = s.id ORDER BY seq DESC LIMIT 1)`,
  'whoever waits without a moment waits for money, a moment belongs to whoever waits for it': `
    SELECT id, state, rule_id, due_at FROM sends
     WHERE (state = 'held' AND due_at IS NULL AND rule_id <> 'R-14')
        OR (state = 'unknown' AND due_at IS NULL) OR (state NOT IN ('held', 'unknown') AND due_at IS NOT NULL)`,
  'every refusal names its rule': `
    SELECT id, state FROM sends WHERE state IN ('refused', 'held') AND (rule_id IS NULL OR facts IS NULL)`,
  'one batch of a campaign is open at most': `
    SELECT campaign_id FROM batches WHERE state = 'open' AND kind <> 'single' GROUP BY campaign_id HAVING count(*) > 1`,
};

/** All of them in one round trip. */
const ALL_BROKEN = Object.entries(BROKEN)
  .map(([name, sql]) => `SELECT '${name}' AS name, to_jsonb(broken) AS row FROM (${sql}) AS broken`)
  .join(' UNION ALL ');

/** @returns what is broken, some rows of each; nothing in a sound ledger */
export async function brokenInvariants(owner: DataSource): Promise<string[]> {
  const found = await askedAgain<{ name: string; row: unknown }>(owner, ALL_BROKEN);
  const broken = [...groupBy(found, ({ name }) => name)].map(
    ([name, rows]) => `${name}: ${JSON.stringify(rows.slice(0, 3).map(({ row }) => row))}`,
  );
  return [...broken, ...(await movesOutsideTheTable(owner))];
}

/** A row that a batch writes is chosen and decided at once: its first step counts as one from `queued`. */
async function movesOutsideTheTable(owner: DataSource): Promise<string[]> {
  const moves = await askedAgain<{ before: SendState | null; state: SendState }>(
    owner,
    `SELECT DISTINCT lag(state) OVER (PARTITION BY send_id ORDER BY seq) AS before, state FROM send_states`,
  );
  const isAllowed = (from: SendState | null, to: SendState): boolean =>
    SEND_TRANSITIONS.some((move) => move.from === from && move.to === to);
  return moves
    .filter(({ before, state }) => !isAllowed(before, state) && !(before === null && isAllowed('queued', state)))
    .map(({ before, state }) => `no move in the table: ${before ?? 'nothing'} to ${state}`);
}
