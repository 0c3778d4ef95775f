import type { PromiseChecks } from '../check';

/** The wall-clock millisecond in an id of version 7: entries are made under the budget's lock, so it orders reservations. */
const MADE_AT = `('x' || left(replace(e.id::text, '-', ''), 12))::bit(48)::bigint`;

/** Entries of one claim of one send. */
const CLAIMS = `
  SELECT campaign_id, send_id, claim_no, count(*) FILTER (WHERE kind = 'reserve') AS reserves,
         count(*) FILTER (WHERE kind IN ('charge', 'release')) AS ends,
         count(DISTINCT amount_minor) FILTER (WHERE kind <> 'adjust') AS amounts
    FROM budget_entries WHERE send_id IS NOT NULL GROUP BY 1, 2, 3`;

/** How often a send was paid for, by whatever claim. */
const PAYMENTS = `
  SELECT send_id, count(*) FILTER (WHERE kind IN ('charge', 'adjust')) AS payments,
         count(*) FILTER (WHERE kind = 'adjust') AS adjusts, count(*) FILTER (WHERE kind = 'release') AS releases,
         count(*) FILTER (WHERE kind = 'reserve') - count(*) FILTER (WHERE kind IN ('charge', 'release')) AS open
    FROM budget_entries WHERE send_id IS NOT NULL GROUP BY 1`;

/**
 * P3. Of a budget only its present amount is kept, for a daily one that of each day: one that was raised on the way is
 * judged by what it is now, so that an overspend before the raise and no larger than it cannot be seen. It is lowered at
 * most to what is bound (contract §2), and a late delivery before that may count against it.
 */
export const BUDGET: PromiseChecks = {
  promise: 'No decision brings reserved and spent above the budget',
  checks: [
    {
      // A late delivery counts from five seconds after its entry on: the claim may have looked just before it.
      name: 'no reservation goes above the budget',
      sql: `
        SELECT format('the reservation of send %s brings campaign %s to %s of %s', e.send_id, e.campaign_id,
                      e.bound + COALESCE(e.adjusted, 0), b.budget_minor) AS detail
          FROM (SELECT e.*,
                       sum(CASE kind WHEN 'reserve' THEN amount_minor WHEN 'release' THEN -amount_minor ELSE 0 END)
                         OVER (PARTITION BY campaign_id, budget_day ORDER BY made_at, kind = 'reserve', id) AS bound,
                       sum(CASE kind WHEN 'adjust' THEN amount_minor ELSE 0 END)
                         OVER (PARTITION BY campaign_id, budget_day ORDER BY made_at
                               RANGE BETWEEN UNBOUNDED PRECEDING AND 5000 PRECEDING) AS adjusted
                  FROM (SELECT e.*, ${MADE_AT} AS made_at FROM budget_entries e) e) e
          JOIN campaign_budgets b USING (campaign_id, budget_day)
          LEFT JOIN message_sets m USING (campaign_id)
         WHERE e.kind = 'reserve' AND e.bound + COALESCE(e.adjusted, 0) > b.budget_minor
           AND NOT COALESCE(m.allow_overshoot, false)`,
    },
    {
      name: 'every paid message at Meta was reserved for',
      sql: `
        SELECT format('Meta accepted message %s of send %s and nothing was reserved for it', j.message_ref, j.send_id) AS detail
          FROM sent j JOIN message_sets m USING (campaign_id)
         WHERE j.is_paid AND j.campaign_kind <> 'pool' AND j.send_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM budget_entries e
                            WHERE e.send_id = j.send_id AND e.kind = 'reserve' AND e.amount_minor > 0)`,
    },
    {
      name: 'the counters of a budget are the sums of its entries',
      sql: `
        SELECT format('campaign %s counts %s reserved and %s spent, its entries say %s and %s', campaign_id,
                      b.reserved_minor, b.spent_minor, e.reserved, e.spent) AS detail
          FROM campaign_budgets b FULL JOIN (
            SELECT campaign_id, budget_day,
                   sum(CASE kind WHEN 'reserve' THEN amount_minor WHEN 'adjust' THEN 0 ELSE -amount_minor END) AS reserved,
                   sum(CASE WHEN kind IN ('charge', 'adjust') THEN amount_minor ELSE 0 END) AS spent
              FROM budget_entries GROUP BY 1, 2) e USING (campaign_id, budget_day)
         WHERE b.reserved_minor IS DISTINCT FROM COALESCE(e.reserved, 0)
            OR b.spent_minor IS DISTINCT FROM COALESCE(e.spent, 0)`,
    },
    {
      name: 'a reservation is made once, ends at most once, and ends with what it reserved',
      sql: `
        SELECT format('claim %s of send %s has %s reservations, %s ends and %s different amounts', claim_no, send_id,
                      reserves, ends, amounts) AS detail
          FROM (${CLAIMS}) c WHERE reserves > 1 OR ends > reserves OR amounts > 1`,
    },
    {
      name: 'an adjustment of a send follows a delivery after a release',
      sql: `
        SELECT format('send %s has an adjustment, %s releases and was delivered at %s', p.send_id, p.releases,
                      s.delivered_at) AS detail
          FROM (${PAYMENTS}) p LEFT JOIN sends s ON s.id = p.send_id
         WHERE p.adjusts > 0 AND (p.releases = 0 OR s.delivered_at IS NULL)`,
    },
    {
      name: 'an adjustment of a campaign is its final reading, three days after its last message',
      sql: `
        SELECT format('entry %s adjusts campaign %s at %s, its last message was accepted at %s', e.id, c.id, e.at,
                      c.last_accepted_at) AS detail
          FROM budget_entries e JOIN campaigns c ON c.id = e.campaign_id
         WHERE e.kind = 'adjust' AND e.send_id IS NULL AND e.at < c.last_accepted_at + interval '72 hours'`,
    },
    {
      name: 'a delivered message is paid for once, and no other is',
      sql: `
        SELECT format('send %s (%s, delivered at %s) is paid for %s times', s.id, s.state, s.delivered_at,
                      COALESCE(p.payments, 0)) AS detail
          FROM sends s LEFT JOIN (${PAYMENTS}) p ON p.send_id = s.id
         WHERE EXISTS (SELECT FROM campaign_budgets b WHERE b.campaign_id = s.campaign_id)
           AND (s.cost_minor > 0 OR p.payments > 0)
           AND COALESCE(p.payments, 0) <> CASE WHEN s.delivered_at IS NULL THEN 0 ELSE 1 END`,
    },
    {
      name: 'what is charged was delivered by Meta',
      sql: `
        SELECT format('send %s is charged and the journal shows it as %s', p.send_id, COALESCE(j.statuses, 'never sent')) AS detail
          FROM (${PAYMENTS}) p LEFT JOIN (
            SELECT send_id, string_agg(status, ', ') AS statuses,
                   bool_or(status IN ('delivered', 'read', 'clicked')) AS delivered
              FROM sent WHERE send_id IS NOT NULL GROUP BY 1) j USING (send_id)
         WHERE p.payments > 0 AND NOT COALESCE(j.delivered, false)`,
    },
    {
      name: 'money stays reserved exactly while a message may still be delivered',
      sql: `
        SELECT format('send %s is %s and has %s open reservations', s.id, s.state, COALESCE(p.open, 0)) AS detail
          FROM sends s LEFT JOIN (${PAYMENTS}) p ON p.send_id = s.id
         WHERE EXISTS (SELECT FROM campaign_budgets b WHERE b.campaign_id = s.campaign_id)
           AND (s.cost_minor > 0 OR p.open <> 0)
           AND COALESCE(p.open, 0)
               <> CASE WHEN s.state IN ('claimed', 'sending', 'accepted', 'unknown', 'assumed_sent') THEN 1 ELSE 0 END`,
    },
  ],
};
