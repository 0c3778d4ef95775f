import type { PromiseChecks } from '../check';

type Check = PromiseChecks['checks'][number];

/** Meta's id of the message that an event speaks of; an ordinary one that names several may have found only some. */
const PAID_ID = `i.keys->>'trackingId'`;
const ORDINARY_ID = `CASE WHEN jsonb_array_length(i.keys->'mids') = 1 THEN i.keys->'mids'->>0 END`;

/** The moment that a status leaves at its message. */
const moment = (kind: string, column: string, id: string): Check => ({
  name: `a ${kind} event shows at its message`,
  sql: `
    SELECT format('event %s says ${kind} of message %s, send %s does not', i.id, s.tracking_id, s.id) AS detail
      FROM inbox i JOIN sends s ON s.tracking_id = ${id} AND s.workspace_id = i.workspace_id
     WHERE i.kind = '${kind}' AND i.state = 'done' AND s.${column} IS NULL`,
});

/** Whether the send was put back after its first begin: what Meta said of an attempt before is not kept then. */
const WAS_PUT_BACK = `
  EXISTS (SELECT FROM send_states h WHERE h.send_id = s.id AND h.state IN ('queued', 'held', 'failed', 'refused', 'cancelled')
             AND h.seq > (SELECT min(b.seq) FROM send_states b WHERE b.send_id = s.id AND b.state = 'sending'))`;

/** Meta's later word on messages. Counted are clicks only; every other status is a moment or a move, which comes once. */
export const STATUS_CHECKS: readonly Check[] = [
  {
    name: 'every status of a campaign of ours finds its message',
    sql: `
      SELECT format('event %s (%s) of Meta''s campaign %s found no message', i.id, i.kind, i.keys->>'metaCampaignId') AS detail
        FROM inbox i JOIN campaigns c ON c.meta_campaign_id = i.keys->>'metaCampaignId' AND c.workspace_id = i.workspace_id
       WHERE i.state = 'unmatched' AND c.kind <> 'pool'`,
  },
  {
    // Of echoes nothing else is kept. Only where one row can be meant: the person's only one of the campaign, begun once.
    name: 'a message that Meta spoke of carries its id',
    sql: `
      SELECT format('event %s (%s) speaks of message %s, send %s (%s) carries %s', i.id, i.kind, ${PAID_ID}, s.id,
                    s.state, COALESCE(s.tracking_id, 'none')) AS detail
        FROM inbox i
        JOIN subscriber_tokens t ON t.page_id = i.page_id AND t.hash = decode(i.keys->>'tokenHash', 'hex')
        JOIN campaigns c ON c.workspace_id = i.workspace_id AND c.meta_campaign_id = i.keys->>'metaCampaignId'
         AND c.kind <> 'pool'
        JOIN sends s ON s.campaign_id = c.id AND s.subscriber_id = t.subscriber_id AND s.token_id = t.id
         AND s.begun_at IS NOT NULL
       WHERE i.kind IN ('mm_echo', 'mm_delivery', 'mm_read', 'mm_click', 'mm_failed') AND i.state = 'done'
         AND i.keys ? 'trackingId' AND s.tracking_id IS DISTINCT FROM ${PAID_ID}
         AND NOT EXISTS (SELECT FROM sends o WHERE o.campaign_id = c.id AND o.subscriber_id = s.subscriber_id
                            AND o.id <> s.id AND o.begun_at IS NOT NULL)
         AND NOT ${WAS_PUT_BACK}`,
  },
  moment('mm_delivery', 'delivered_at', PAID_ID),
  moment('mm_read', 'read_at', PAID_ID),
  moment('delivery', 'delivered_at', ORDINARY_ID),
  moment('read', 'read_at', ORDINARY_ID),
  {
    // Of what was delivered already Meta's failure changes nothing. Its money is judged with the budgets.
    name: 'a mm_failed event shows at its message',
    sql: `
      SELECT format('event %s says that message %s failed, send %s is %s and never did', i.id, s.tracking_id, s.id,
                    s.state) AS detail
        FROM inbox i JOIN sends s ON s.tracking_id = ${PAID_ID} AND s.workspace_id = i.workspace_id
       WHERE i.kind = 'mm_failed' AND i.state = 'done' AND s.delivered_at IS NULL
         AND NOT EXISTS (SELECT FROM send_states h WHERE h.send_id = s.id AND h.state = 'failed')`,
  },
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
];
