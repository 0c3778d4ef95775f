import type { DataSource } from 'typeorm';
import { crashPoint } from '../crash-points';
import { describeError } from '../errors/describe-error';
import { backOffMs } from '../worker-loops/back-off';
import { eachBounded } from '../worker-loops/bounded';
import { groupBy } from '../worker-loops/group-by';
import type { OutboxRow, Undelivered } from './outbox-rows';
import { dueRows, END_WORKFLOW, postpone, removeAnswered } from './outbox-rows';
import { isTemporalDown, within } from './temporal-trouble';
import { ownerOf, wakeOf } from './wake-of';
import type { WorkflowSignals } from './workflow-signals';

const ROWS_A_ROUND = 400;
/** Signals at a time. */
const WIDTH = 30;
const SIGNAL_DEADLINE_MS = 10_000;
const LONGEST_BACK_OFF_MS = 60_000;
const IDLE_MS = 100;
/** While Temporal cannot be reached the whole lane waits: no row is to blame. */
const TEMPORAL_DOWN_MS = 1_000;

/**
 * Delivers the wakes and ends that stand in the outbox; each is tried for ever. The wakes of one owner go in the order in
 * which they were owed, so that the history reads as it happened.
 *
 * @returns when to look again, milliseconds
 */
export async function drainTemporalLane(dataSource: DataSource, signals: WorkflowSignals): Promise<number> {
  const due = await dueRows(dataSource.manager, 'temporal', ROWS_A_ROUND);
  if (due.length === 0) return IDLE_MS;
  const { delivered, undelivered, isDown } = await deliver(signals, due);
  if (delivered.length > 0) crashPoint('after-outbox-signal');
  await removeAnswered(dataSource.manager, delivered);
  await postpone(dataSource.manager, undelivered);
  return isDown ? TEMPORAL_DOWN_MS : 0;
}

interface Delivery {
  readonly delivered: OutboxRow[];
  readonly undelivered: Undelivered[];
  isDown: boolean;
}

async function deliver(signals: WorkflowSignals, due: readonly OutboxRow[]): Promise<Delivery> {
  const delivery: Delivery = { delivered: [], undelivered: [], isDown: false };
  const owners = [...groupBy(due, (row) => row.ownerId).values()];
  await eachBounded(owners, WIDTH, async (owed) => {
    for (const row of owed) if (!delivery.isDown) await deliverOne(signals, row, delivery);
  });
  return delivery;
}

async function deliverOne(signals: WorkflowSignals, row: OutboxRow, delivery: Delivery): Promise<void> {
  try {
    const isEnd = row.kind === END_WORKFLOW;
    await within(SIGNAL_DEADLINE_MS, isEnd ? signals.end(ownerOf(row)) : signals.signalWithStart(wakeOf(row)));
    delivery.delivered.push(row);
  } catch (error) {
    if (isTemporalDown(error)) delivery.isDown = true;
    else {
      const { name } = describeError(error);
      delivery.undelivered.push({ row, error: name, retryInMs: backOffMs(row.tries, LONGEST_BACK_OFF_MS) });
    }
  }
}
