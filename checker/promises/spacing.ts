import type { PromiseChecks } from '../check';

/** P1, second half: R-08 over all campaigns, by the moments at which Meta accepted. */
export const SPACING: PromiseChecks = {
  promise: 'No two paid messages inside the spacing',
  checks: [
    {
      name: 'two paid messages to one person are twelve hours apart',
      sql: `
        SELECT format('subscriber %s got message %s only %s after %s', subscriber_id, message_ref, at - before_at,
                      before_ref) AS detail
          FROM (SELECT *, lag(at) OVER ordered AS before_at, lag(message_ref) OVER ordered AS before_ref
                  FROM sent WHERE is_paid WINDOW ordered AS (PARTITION BY person ORDER BY at, n)) s
         WHERE at - before_at < interval '12 hours'`,
    },
    {
      // What is begun just before midnight may be accepted just after it: it belongs to the day of its begin.
      name: 'a person gets one paid message a local day where the Page asks for it',
      sql: `
        SELECT format('subscriber %s got messages %s and %s on one day in %s', subscriber_id, before_ref, message_ref,
                      zone) AS detail
          FROM (SELECT s.*, COALESCE(u.time_zone, p.time_zone) AS zone, lag(s.at) OVER ordered AS before_at,
                       lag(s.message_ref) OVER ordered AS before_ref
                  FROM sent s JOIN subscribers u ON u.id = s.subscriber_id JOIN pages p ON p.id = u.page_id
                 WHERE s.is_paid AND s.campaign_kind <> 'pool' AND p.one_message_per_local_day
                WINDOW ordered AS (PARTITION BY s.subscriber_id ORDER BY s.at, s.n)) s
         WHERE at - before_at >= interval '12 hours'
           AND (at AT TIME ZONE zone)::date = ((before_at - interval '10 seconds') AT TIME ZONE zone)::date`,
    },
  ],
};
