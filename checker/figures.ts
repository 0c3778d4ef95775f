import type { Client } from 'pg';

/** How much a run was, as journal and database show it. */
export interface Figures {
  /** Messages that Meta accepted. */
  readonly accepted: number;
  /** Different people among them. */
  readonly people: number;
  /** Events that were acknowledged with 200. */
  readonly webhooks: number;
  readonly unknown: number;
  readonly assumedSent: number;
  /** Rows of recipients. */
  readonly recipients: number;
  /** Recipients in no final state: waiting, or on their way. */
  readonly open: number;
  /** Campaigns, without the hidden ones of single messages. */
  readonly campaigns: number;
}

const SELECT = `
SELECT (SELECT count(*) FROM journal) AS accepted, (SELECT count(DISTINCT person) FROM journal) AS people,
       (SELECT count(DISTINCT event_id) FROM webhook WHERE status = 200) AS webhooks,
       count(*) FILTER (WHERE state = 'unknown') AS unknown,
       count(*) FILTER (WHERE state = 'assumed_sent') AS "assumedSent", count(*) AS recipients,
       count(*) FILTER (WHERE state IN ('queued', 'held', 'claimed', 'sending')) AS open,
       (SELECT count(*) FROM campaigns WHERE NOT hidden) AS campaigns
  FROM sends`;

/** Counts in the tables that the evidence was loaded into. */
export async function readFigures(database: Client): Promise<Figures> {
  const { rows } = await database.query<Record<keyof Figures, string>>(SELECT);
  const figures = Object.entries(rows[0] ?? {}).map(([name, count]) => [name, Number(count)]);
  return Object.fromEntries(figures) as Figures;
}
