import type { PromiseChecks } from '../check';

type Check = PromiseChecks['checks'][number];

/**
 * What people did and said. What a message said is kept nowhere and stands in no log: that an acknowledged STOP by word
 * is an opt-out cannot be seen here, only that it is one at most once and that the register follows it.
 */
export const PEOPLE_CHECKS: readonly Check[] = [
  {
    // Meta's refusal of a question closes the window of our record; whoever was ever asked is not judged.
    name: 'whoever acted has an open window for a day',
    sql: `
      SELECT format('event %s (%s) of %s opens the window, of subscriber %s it ends at %s', i.id, i.kind, i.event_at,
                    COALESCE(p.id::text, 'unknown'), COALESCE(p.window_until::text, 'no time')) AS detail
        FROM inbox i
        LEFT JOIN subscriber_identities k ON k.page_id = i.page_id AND k.kind = 'psid'
         AND k.hash = decode(i.keys->>'psidHash', 'hex')
        LEFT JOIN subscribers p ON p.id = k.subscriber_id
       WHERE i.kind IN ('message', 'postback', 'reaction', 'referral') AND i.keys->>'windowOpens' = 'true'
         AND i.keys ? 'psidHash' AND i.state NOT IN ('pending', 'dead')
         AND COALESCE(p.window_until < i.event_at + interval '24 hours', true)
         AND NOT EXISTS (SELECT FROM opt_in_requests r WHERE r.subscriber_id = p.id)`,
  },
  {
    name: 'every opt-in has its proof',
    sql: `
      SELECT format('opt-in event %s (%s) stands in nobody''s register', i.id, i.kind) AS detail
        FROM inbox i
       WHERE ((i.kind = 'opt_in' AND i.keys ? 'tokenHash') OR (i.kind = 'opt_in_resume' AND i.keys ?| ARRAY['tokenHash', 'psidHash']))
         AND i.state NOT IN ('pending', 'dead')
         AND NOT EXISTS (SELECT FROM consent_events e WHERE e.inbox_id = i.id AND e.kind = 'opt_in')`,
  },
  {
    name: 'no opt-in waits for its consent when nobody is owed anything',
    sql: `
      SELECT format('opt-in event %s of subscriber %s is only proved, and its workflow has nothing to do', i.id,
                    e.subscriber_id) AS detail
        FROM inbox i JOIN consent_events e ON e.inbox_id = i.id AND e.kind = 'opt_in'
        LEFT JOIN waits w ON w.owner_id = e.subscriber_id
       WHERE i.state = 'applied' AND COALESCE(w.acted_seq >= w.wake_seq, true)`,
  },
  {
    // Older words change nothing (protocol §7.3), so a register that is newer says nothing of them; at equal times the opt-out wins.
    name: 'the consent of a person is as new as what they said',
    sql: `
      SELECT format('subscriber %s said %s at %s (event %s) and is %s since %s', p.id, e.kind, e.occurred_at, e.inbox_id,
                    p.consent, COALESCE(p.consent_at::text, 'never')) AS detail
        FROM consent_events e JOIN subscribers p ON p.id = e.subscriber_id LEFT JOIN inbox i ON i.id = e.inbox_id
       WHERE e.inbox_id IS NOT NULL AND (e.kind = 'opt_out' OR i.state = 'done')
         AND (p.consent NOT IN ('granted', 'revoked') OR COALESCE(p.consent_at < e.occurred_at, true)
              OR (e.kind = 'opt_out' AND p.consent_at = e.occurred_at AND p.consent <> 'revoked'))`,
  },
  {
    // Only of the newest word, where no other is of the same moment: an older opt-in leaves the token that is there.
    name: "an opt-in that is a person's newest word has brought its token",
    sql: `
      SELECT format('the token of opt-in event %s of subscriber %s is not there', i.id, p.id) AS detail
        FROM inbox i JOIN consent_events e ON e.inbox_id = i.id AND e.kind = 'opt_in' AND e.applied
        JOIN subscribers p ON p.id = e.subscriber_id AND p.consent = 'granted' AND p.consent_at = e.occurred_at
       WHERE i.kind = 'opt_in' AND i.state = 'done' AND i.keys ? 'tokenHash'
         AND NOT EXISTS (SELECT FROM consent_events o WHERE o.subscriber_id = p.id AND o.id <> e.id
                            AND o.occurred_at = e.occurred_at)
         AND NOT EXISTS (SELECT FROM subscriber_tokens t WHERE t.page_id = i.page_id
                            AND t.hash = decode(i.keys->>'tokenHash', 'hex'))`,
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
        FROM consent_events WHERE inbox_id IS NOT NULL AND (kind <> 'opt_out' OR source = 'word')
       GROUP BY inbox_id, subscriber_id HAVING count(*) > 1`,
  },
];
