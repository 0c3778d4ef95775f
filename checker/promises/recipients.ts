import type { PromiseChecks } from '../check';
import { ALLOWED_MOVES } from './send-moves';

/** Longer than any send, claim or sweep may take, wall clock. */
const LONG_AGO = `now() - interval '3 minutes'`;

/** P4, P5: nobody lost, nobody left in the middle, and Meta's journal and the rows say the same. */
export const RECIPIENTS: PromiseChecks = {
  promise: 'Every recipient is in exactly one state, and Meta knows the same',
  checks: [
    {
      name: 'every move of a send is one of the table',
      sql: `
        SELECT format('send %s moved from %s to %s', send_id, before, state) AS detail
          FROM (SELECT send_id, state, COALESCE(lag(state) OVER (PARTITION BY send_id ORDER BY seq), 'nothing') AS before
                  FROM send_states) h
         WHERE (before, state) NOT IN (VALUES ${ALLOWED_MOVES})`,
    },
    {
      name: 'the history of a send ends with its state',
      sql: `
        SELECT format('send %s is %s and its history ends with %s', s.id, s.state, COALESCE(h.state, 'nothing')) AS detail
          FROM sends s LEFT JOIN (
            SELECT DISTINCT ON (send_id) send_id, state FROM send_states ORDER BY send_id, seq DESC) h ON h.send_id = s.id
         WHERE h.state IS DISTINCT FROM s.state`,
    },
    {
      name: 'every history belongs to a send',
      sql: `
        SELECT format('the history of send %s has no row', h.send_id) AS detail
          FROM (SELECT DISTINCT campaign_id, send_id FROM send_states) h
          LEFT JOIN sends s ON s.campaign_id = h.campaign_id AND s.id = h.send_id WHERE s.id IS NULL`,
    },
    {
      name: 'no send is left in the middle',
      sql: `
        SELECT format('send %s is %s since %s', id, state, COALESCE(begun_wall_at, claimed_wall_at)) AS detail FROM sends
         WHERE (state = 'sending' AND begun_wall_at < ${LONG_AGO}) OR (state = 'claimed' AND claimed_wall_at < ${LONG_AGO})`,
    },
    {
      name: 'a campaign that is over leaves nobody waiting',
      sql: `
        SELECT format('send %s is %s, campaign %s is %s', s.id, s.state, c.id, c.state) AS detail
          FROM sends s JOIN campaigns c ON c.id = s.campaign_id
         WHERE c.state IN ('ended', 'stopped', 'failed') AND s.state IN ('queued', 'held', 'claimed', 'sending')
           AND NOT (s.state IN ('sending', 'claimed') AND COALESCE(s.begun_wall_at, s.claimed_wall_at) < ${LONG_AGO})`,
    },
    {
      name: 'an unknown outcome is resolved when its time is over',
      sql: `
        SELECT format('send %s is unknown and was to be resolved at %s', s.id, s.due_at) AS detail
          FROM sends s CROSS JOIN clock
         WHERE s.state = 'unknown'
           AND (s.due_at IS NULL OR s.due_at < base_business_at - interval '5 minutes'
                + CASE WHEN running THEN now() - base_wall_at ELSE interval '0' END)`,
    },
    {
      name: 'every message at Meta has a row',
      sql: `
        SELECT format('message %s of Meta''s campaign %s to subscriber %s at %s has no row', message_ref,
                      meta_campaign_id, COALESCE(subscriber_id::text, 'unknown'), at) AS detail
          FROM sent j WHERE send_id IS NULL AND campaign_kind IS DISTINCT FROM 'pool'
           AND NOT EXISTS (SELECT FROM sends s WHERE s.campaign_id = j.campaign_id AND s.subscriber_id = j.subscriber_id)`,
    },
    {
      name: 'the row of a message at Meta says that it may have gone',
      sql: `
        SELECT format('Meta accepted message %s and send %s is %s (%s)', j.message_ref, s.id, s.state, s.reason) AS detail
          FROM sent j JOIN sends s ON s.id = j.send_id
         WHERE j.status <> 'failed'
           AND s.state NOT IN ('sending', 'accepted', 'delivered', 'read', 'clicked', 'unknown', 'assumed_sent')
           AND NOT (s.state = 'failed' AND s.reason IS NOT DISTINCT FROM 'delivery_failed')
           AND NOT EXISTS (SELECT FROM budget_entries e WHERE e.send_id = s.id AND e.kind = 'adjust')`,
    },
    {
      name: 'every row that says accepted stands in the journal',
      sql: `
        SELECT format('send %s is %s and no message of the journal is its', s.id, s.state) AS detail
          FROM sends s LEFT JOIN sent j ON j.send_id = s.id
         WHERE s.state IN ('accepted', 'delivered', 'read', 'clicked') AND j.send_id IS NULL`,
    },
    {
      name: 'a campaign that reached everyone has a row for everyone in its audience',
      sql: `
        SELECT format('subscriber %s of campaign %s has no row', a.subscriber_id, c.id) AS detail
          FROM campaigns c JOIN campaign_audience a ON a.campaign_id = c.id
          LEFT JOIN sends s ON s.campaign_id = c.id AND s.subscriber_id = a.subscriber_id
         WHERE c.state = 'ended' AND c.reason = 'completed' AND c.kind <> 'pool' AND s.id IS NULL`,
    },
    {
      name: 'everybody who was chosen has a row',
      sql: `
        SELECT format('subscriber %s was chosen for campaign %s and has no row', n.subscriber_id, n.campaign_id) AS detail
          FROM chosen n LEFT JOIN sends s ON s.campaign_id = n.campaign_id AND s.subscriber_id = n.subscriber_id
         WHERE s.id IS NULL`,
    },
  ],
};
