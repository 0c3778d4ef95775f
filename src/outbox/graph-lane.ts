import type { DataSource } from 'typeorm';
import { ownError } from '../errors/own-error';
import type { GraphClient } from '../graph-api/graph-client';
import { whyNot } from '../graph-api/why-not';
import type { Envelope } from '../security/envelope';
import { eachBounded } from '../worker-loops/bounded';
import type { OutboxRow, Undelivered } from './outbox-rows';
import { backOffMs, dueRows, postpone, removeAnswered } from './outbox-rows';
import { readAddressee } from './unsubscribe-addressee';

const ROWS_A_ROUND = 50;
const WIDTH = 5;
const IDLE_MS = 200;
/** After this many a call is dead: it stands in the timeline with its error. */
const MOST_TRIES = 8;
const LONGEST_BACK_OFF_MS = 5 * 60_000;

/** What the lane needs to call Meta. */
export interface GraphLanePorts {
  readonly dataSource: DataSource;
  readonly graph: Pick<GraphClient, 'unsubscribe'>;
  readonly envelope: Envelope;
}

/**
 * Makes the calls to Meta that the outbox promises: people who left by word or by the API are unsubscribed there too
 * (meta-api §5.6).
 *
 * @returns when to look again, milliseconds
 */
export async function drainGraphLane(ports: GraphLanePorts): Promise<number> {
  const { manager } = ports.dataSource;
  const due = await dueRows(manager, 'graph', ROWS_A_ROUND);
  if (due.length === 0) return IDLE_MS;
  const answered: OutboxRow[] = [];
  const failed: Undelivered[] = [];
  await eachBounded(due, WIDTH, async (row) => {
    const error = await unsubscribe(ports, row).catch(ownError);
    if (error === null) answered.push(row);
    else failed.push({ row, error, retryInMs: retryInMs(row) });
  });
  await removeAnswered(manager, answered);
  await postpone(manager, failed);
  return 0;
}

/** @returns null when Meta took it or nobody is to be unsubscribed any more, else why not, in codes */
async function unsubscribe({ dataSource, graph, envelope }: GraphLanePorts, row: OutboxRow): Promise<string | null> {
  const addressee = await readAddressee(dataSource.manager, envelope, row);
  if (addressee === null) return null;
  const result = await graph.unsubscribe(addressee.page, [addressee.person]);
  if (result.kind === 'ok' && result.value.invalidRows > 0) return 'Meta does not know the person';
  return whyNot(result);
}

const retryInMs = ({ tries }: OutboxRow): number | null =>
  tries + 1 < MOST_TRIES ? backOffMs(tries, LONGEST_BACK_OFF_MS) : null;
