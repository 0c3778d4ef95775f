import type { PromiseChecks } from '../check';

/**
 * How many messages a row may stand for: one a begin, and after the first one each needs a choice that was made when the
 * row had failed.
 */
const MAY_STAND_FOR = `
  SELECT LEAST(count(*) FILTER (WHERE state = 'sending'),
               1 + count(*) FILTER (WHERE state = 'queued' AND before = 'failed')) AS messages
    FROM (SELECT state, lag(state) OVER (ORDER BY seq) AS before FROM send_states WHERE send_id = s.id) h`;

/** P1, first half; a message that failed after its acceptance may go again when the person is chosen anew. */
export const ONCE: PromiseChecks = {
  promise: 'A person gets a content at most once',
  checks: [
    {
      name: 'no row of the ledger stands for two messages at Meta',
      sql: `
        SELECT format('send %s of subscriber %s stands for %s accepted messages (%s)', send_id, min(subscriber_id::text),
                      count(*), string_agg(message_ref, ', ' ORDER BY n)) AS detail
          FROM sent WHERE send_id IS NOT NULL AND status <> 'failed' AND campaign_kind <> 'pool'
         GROUP BY send_id HAVING count(*) > 1`,
    },
    {
      name: 'nobody gets more messages of a campaign than it has rows for them',
      sql: `
        SELECT format('subscriber %s got %s messages of campaign %s and has %s rows in it', g.subscriber_id, g.messages,
                      g.campaign_id, r.rows) AS detail
          FROM (SELECT campaign_id, subscriber_id, count(*) AS messages FROM sent
                 WHERE is_paid AND status <> 'failed' AND campaign_kind <> 'pool'
                 GROUP BY 1, 2 HAVING count(*) > 1) g
         CROSS JOIN LATERAL (SELECT count(*) AS rows FROM sends s
                              WHERE s.campaign_id = g.campaign_id AND s.subscriber_id = g.subscriber_id) r
         WHERE r.rows > 1 AND g.messages > r.rows`,
    },
    {
      name: 'what failed goes again only by a choice made afterwards',
      sql: `
        SELECT format('subscriber %s got %s messages of campaign %s, %s of them failed, and was chosen for %s',
                      g.subscriber_id, g.messages, g.campaign_id, g.failed, a.messages) AS detail
          FROM (SELECT campaign_id, subscriber_id, count(*) AS messages, count(*) FILTER (WHERE status = 'failed') AS failed
                  FROM sent WHERE is_paid AND campaign_kind <> 'pool'
                 GROUP BY 1, 2 HAVING count(*) > 1 AND bool_or(status = 'failed')) g
         CROSS JOIN LATERAL (SELECT sum(m.messages) AS messages FROM sends s CROSS JOIN LATERAL (${MAY_STAND_FOR}) m
                              WHERE s.campaign_id = g.campaign_id AND s.subscriber_id = g.subscriber_id) a
         WHERE g.messages > a.messages`,
    },
  ],
};
