import type { PromiseChecks } from '../check';

/** The moment that a paid status leaves at its message. */
const moment = (kind: string, column: string): PromiseChecks['checks'][number] => ({
  name: `a ${kind} event shows at its message`,
  sql: `
    SELECT format('event %s says ${kind} of message %s, send %s does not', i.id, s.tracking_id, s.id) AS detail
      FROM inbox i JOIN sends s ON s.tracking_id = i.keys->>'trackingId' AND s.workspace_id = i.workspace_id
     WHERE i.kind = '${kind}' AND i.state = 'done' AND s.${column} IS NULL`,
});

/** P4: every event that got a 200 has exactly one effect. */
export const WEBHOOKS: PromiseChecks = {
  promise: 'Every acknowledged webhook has exactly one effect',
  checks: [
    {
      name: 'every acknowledged event is stored',
      sql: `
        SELECT format('Page %s: %s %s events of %s were acknowledged and %s are stored', a.page_id, a.acknowledged,
                      a.family, a.second, COALESCE(s.events, 0)) AS detail
          FROM arrival a LEFT JOIN stored s USING (page_id, family, second)
         WHERE a.acknowledged > COALESCE(s.events, 0)`,
    },
    {
      name: 'no event is stored twice',
      sql: `
        SELECT format('Page %s: %s %s events of %s are stored and %s were sent', a.page_id, s.events, a.family, a.second,
                      a.events) AS detail
          FROM arrival a JOIN stored s USING (page_id, family, second) WHERE s.events > a.events`,
    },
    {
      name: 'no stored event waits or is given up',
      sql: `
        SELECT format('event %s (%s) is %s after %s tries: %s', id, kind, state, tries, COALESCE(last_error, 'no error')) AS detail
          FROM inbox WHERE done_at IS NULL OR state IN ('pending', 'dead')`,
    },
    {
      name: 'every status of a campaign of ours finds its message',
      sql: `
        SELECT format('event %s (%s) of Meta''s campaign %s found no message', i.id, i.kind, i.keys->>'metaCampaignId') AS detail
          FROM inbox i JOIN campaigns c ON c.meta_campaign_id = i.keys->>'metaCampaignId' AND c.workspace_id = i.workspace_id
         WHERE i.state = 'unmatched' AND c.kind <> 'pool'`,
    },
    moment('mm_delivery', 'delivered_at'),
    moment('mm_read', 'read_at'),
    {
      name: 'every click counts once',
      sql: `
        SELECT format('subscriber %s clicked %s times in campaign %s and %s are counted', t.subscriber_id, i.clicks, c.id,
                      s.clicks) AS detail
          FROM (SELECT page_id, keys->>'tokenHash' AS token, keys->>'metaCampaignId' AS meta_campaign_id, count(*) AS clicks
                  FROM inbox WHERE kind = 'mm_click' AND state = 'done' GROUP BY 1, 2, 3) i
          JOIN subscriber_tokens t ON t.page_id = i.page_id AND t.hash = decode(i.token, 'hex')
          JOIN campaigns c ON c.page_id = i.page_id AND c.meta_campaign_id = i.meta_campaign_id AND c.kind <> 'pool'
         CROSS JOIN LATERAL (SELECT COALESCE(sum(link_clicks), 0) AS clicks FROM sends
                              WHERE campaign_id = c.id AND subscriber_id = t.subscriber_id) s
         WHERE s.clicks <> i.clicks`,
    },
    {
      name: 'every opt-out is in the register of the person, once',
      sql: `
        SELECT format('opt-out event %s stands %s times in the register, of %s people', i.id, count(e.id),
                      count(DISTINCT e.subscriber_id)) AS detail
          FROM inbox i LEFT JOIN consent_events e ON e.inbox_id = i.id AND e.kind = 'opt_out'
         WHERE i.kind = 'opt_in_stop'
         GROUP BY i.id, i.keys
        HAVING count(e.id) <> count(DISTINCT e.subscriber_id) OR (count(e.id) = 0 AND i.keys ? 'psidHash')`,
    },
    {
      name: 'a consent event comes from one webhook at most once a person',
      sql: `
        SELECT format('event %s stands %s times in the register of subscriber %s', inbox_id, count(*), subscriber_id) AS detail
          FROM consent_events WHERE inbox_id IS NOT NULL AND kind <> 'opt_out'
         GROUP BY inbox_id, subscriber_id HAVING count(*) > 1`,
    },
  ],
};
