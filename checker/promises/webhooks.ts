import type { PromiseChecks } from '../check';
import { PEOPLE_CHECKS } from './webhook-people';
import { STATUS_CHECKS } from './webhook-statuses';

/**
 * P4: every event that got a 200 has exactly one effect. The log does not say whom an event is about, so it is followed in
 * two steps: acknowledged is stored, by counts; stored and done has its effect, row by row. No effect is kept of what is
 * `ignored`; a Page's restriction follows the newest policy event, whose action is kept nowhere else.
 */
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
    ...STATUS_CHECKS,
    ...PEOPLE_CHECKS,
  ],
};
