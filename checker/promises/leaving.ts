import type { PromiseChecks } from '../check';

/** Bytes leave within ten seconds of a send's begin, and a running campaign has at most one slice under way (contract §3). */
const SEND_DEADLINE = `interval '10 seconds'`;
const SLICE = 64;

/**
 * When each opt-out that counted was known, wall clock, until the person opted in again. A webhook's is known with its 200:
 * the slowest of its Page and second where the log cannot tell them apart. Others commit within the deadline of a send.
 */
const OPT_OUTS = `
  SELECT o.subscriber_id, o.recorded_at,
         COALESCE(a.acknowledged_at, o.recorded_at + ${SEND_DEADLINE}) AS known_at,
         COALESCE((SELECT min(n.recorded_at) FROM consent_events n
                    WHERE n.subscriber_id = o.subscriber_id AND n.kind <> 'opt_out' AND n.applied
                      AND n.recorded_at > o.recorded_at), 'infinity') AS until
    FROM consent_events o
    LEFT JOIN inbox i ON i.id = o.inbox_id
    LEFT JOIN family f ON f.kind = i.kind
    LEFT JOIN arrival a ON a.page_id = i.page_id AND a.family = f.name AND a.second = date_trunc('second', i.event_at)
   WHERE o.kind = 'opt_out' AND o.applied`;

/** What is marketing: whoever left still gets answers. */
const IS_MARKETING = `(s.lane IN ('paid', 'rn') OR s.purpose = 'promotional')`;

/** P2 and R-16. */
export const LEAVING: PromiseChecks = {
  promise: 'Nothing after an opt-out or the end of the schedule',
  checks: [
    {
      name: 'nothing is begun for whoever left',
      sql: `
        SELECT format('send %s was begun at %s, the opt-out of subscriber %s was known at %s', s.id, s.begun_wall_at,
                      o.subscriber_id, o.known_at) AS detail
          FROM (${OPT_OUTS}) o JOIN sends s ON s.subscriber_id = o.subscriber_id
         WHERE ${IS_MARKETING} AND s.begun_wall_at > o.known_at AND s.begun_wall_at < o.until`,
    },
    {
      name: 'nothing arrives at Meta later than ten seconds after an opt-out',
      sql: `
        SELECT format('message %s reached Meta at %s, the opt-out of subscriber %s was known at %s', j.message_ref,
                      j.wall_at, o.subscriber_id, o.known_at) AS detail
          FROM (${OPT_OUTS}) o JOIN sent j ON j.subscriber_id = o.subscriber_id LEFT JOIN sends s ON s.id = j.send_id
         WHERE (${IS_MARKETING} OR s.id IS NULL) AND j.campaign_kind IS DISTINCT FROM 'pool'
           AND j.wall_at > o.known_at + ${SEND_DEADLINE} AND j.wall_at < o.until
           AND NOT COALESCE(s.begun_wall_at > o.known_at, false)`,
    },
    {
      // What was under way at one moment adds up, whenever each of its people left; what was begun later does not belong to it.
      name: 'after an opt-out at most the slice under way arrives at Meta',
      sql: `
        WITH late AS (
          SELECT j.campaign_id, s.begun_wall_at AS begun_at, o.known_at, j.wall_at AS left_at
            FROM (${OPT_OUTS}) o JOIN sent j ON j.subscriber_id = o.subscriber_id JOIN sends s ON s.id = j.send_id
           WHERE ${IS_MARKETING} AND j.wall_at > o.known_at AND j.wall_at < o.until AND s.begun_wall_at <= o.known_at)
        SELECT format('campaign %s had %s messages under way at %s to people who left', k.campaign_id, count(*),
                      k.known_at) AS detail
          FROM (SELECT DISTINCT campaign_id, known_at FROM late) k
          JOIN late l ON l.campaign_id = k.campaign_id AND l.begun_at <= k.known_at AND l.left_at > k.known_at
         GROUP BY k.campaign_id, k.known_at HAVING count(*) > ${SLICE}`,
    },
    {
      name: 'nothing is begun after the end of the schedule',
      sql: `
        SELECT format('send %s was begun at %s, campaign %s ended at %s', s.id, s.begun_at, c.id, c.end_at) AS detail
          FROM sends s JOIN campaigns c ON c.id = s.campaign_id WHERE s.begun_at > c.end_at`,
    },
    {
      name: 'nothing is begun after a campaign was over',
      sql: `
        SELECT format('send %s was begun at %s, campaign %s was %s at %s', s.id, s.begun_at, c.id, c.state,
                      c.finished_at) AS detail
          FROM sends s JOIN campaigns c ON c.id = s.campaign_id
         WHERE s.begun_at > c.finished_at AND c.state IN ('ended', 'stopped', 'failed')
           AND NOT COALESCE(s.begun_at > c.end_at, false)`,
    },
    {
      name: 'nothing arrives at Meta later than ten seconds after the end of the schedule',
      sql: `
        SELECT format('message %s reached Meta at %s, campaign %s ended at %s', j.message_ref, j.at, c.id, c.end_at) AS detail
          FROM sent j JOIN campaigns c ON c.id = j.campaign_id LEFT JOIN sends s ON s.id = j.send_id
         WHERE j.at > c.end_at + ${SEND_DEADLINE} AND NOT COALESCE(s.begun_at > c.end_at, false)`,
    },
  ],
};
