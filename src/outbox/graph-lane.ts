import type { DataSource } from 'typeorm';
import { ownError } from '../errors/own-error';
import type { GraphClient } from '../graph-api/graph-client';
import { whyNot } from '../graph-api/why-not';
import type { Envelope } from '../security/envelope';
import { backOffMs } from '../worker-loops/back-off';
import { eachBounded } from '../worker-loops/bounded';
import type { OutboxRow, Undelivered } from './outbox-rows';
import { dueRows, postpone, removeAnswered } from './outbox-rows';
import { readAddressee } from './unsubscribe-addressee';

const ROWS_A_ROUND = 50;
const WIDTH = 5;
const IDLE_MS = 200;
/** After this many a call that nobody can answer is dead: it stands in the timeline with its error. */
const MOST_TRIES = 8;
const LONGEST_BACK_OFF_MS = 60 * 60_000;

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
    const failure = await unsubscribe(ports, row).catch((error: unknown) => hopeless(ownError(error)));
    if (failure === null) answered.push(row);
    else failed.push({ row, error: failure.error, retryInMs: retryInMs(row, failure) });
  });
  await removeAnswered(manager, answered);
  await postpone(manager, failed);
  return 0;
}

/** Why somebody is still subscribed at Meta. */
interface Failure {
  /** In codes. */
  readonly error: string;
  /** Nothing outside changes it. */
  readonly isHopeless: boolean;
}

const hopeless = (error: string): Failure => ({ error, isHopeless: true });

/** @returns null when Meta took it or nobody is to be unsubscribed any more */
async function unsubscribe({ dataSource, graph, envelope }: GraphLanePorts, row: OutboxRow): Promise<Failure | null> {
  const addressee = await readAddressee(dataSource.manager, envelope, row);
  if (addressee === null) return null;
  const result = await graph.unsubscribe(addressee.page, [addressee.person]);
  if (result.kind === 'ok' && result.value.invalidRows > 0) return hopeless('Meta does not know the person');
  const error = whyNot(result);
  return error === null ? null : { error, isHopeless: false };
}

/** Whoever left is still owed it when Meta was away for a day, or the Page's token had to be renewed first. */
const retryInMs = ({ tries }: OutboxRow, { isHopeless }: Failure): number | null =>
  isHopeless && tries + 1 >= MOST_TRIES ? null : backOffMs(tries, LONGEST_BACK_OFF_MS);
