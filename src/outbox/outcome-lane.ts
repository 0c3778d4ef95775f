import type { DataSource } from 'typeorm';
import { describeError } from '../errors/describe-error';
import { rows } from '../persistence/database';
import { backOffMs } from '../worker-loops/back-off';
import { eachBounded } from '../worker-loops/bounded';
import type { OutboxRow, Undelivered } from './outbox-rows';
import { dueRows, postpone, removeAnswered } from './outbox-rows';
import { isTemporalDown, within } from './temporal-trouble';
import { wakeOf } from './wake-of';
import type { WorkflowSignals } from './workflow-signals';

/** The lane works in steps this long, milliseconds. */
const STEP_MS = 200;
const IDLE_MS = 500;
const WIDTH = 20;
const SIGNAL_DEADLINE_MS = 10_000;
const MOST_TRIES = 8;
const LONGEST_BACK_OFF_MS = 60_000;
/** While the sandbox clock is being moved nobody lives beside it, and a day must not wait for the pace. */
const UNPACED_ROWS = 400;

/**
 * Tells open workflows what became of a campaign for their people: behind all other signals, at its own pace, and
 * never starting a workflow for it.
 *
 * @param signalsPerSecond - the pace
 * @returns when to look again, milliseconds
 */
export async function drainOutcomeLane(
  dataSource: DataSource,
  signals: WorkflowSignals,
  signalsPerSecond: number,
): Promise<number> {
  const { has_wakes: hasWakes, is_driven: isDriven } = await lookAround(dataSource);
  if (hasWakes) return STEP_MS;
  const limit = isDriven ? UNPACED_ROWS : Math.max(1, Math.round((signalsPerSecond * STEP_MS) / 1_000));
  const due = await dueRows(dataSource.manager, 'outcome', limit);
  if (due.length === 0) return isDriven ? STEP_MS : IDLE_MS;
  const startedMs = performance.now();
  const { told, closed, failed } = await tell(signals, due);
  await removeAnswered(dataSource.manager, [...told, ...closed]);
  await noteClosed(dataSource, closed);
  await postpone(dataSource.manager, failed);
  const stepMs = Math.max(STEP_MS, (due.length * 1_000) / signalsPerSecond);
  return isDriven ? 0 : Math.max(0, stepMs - (performance.now() - startedMs));
}

interface Telling {
  readonly told: OutboxRow[];
  readonly closed: OutboxRow[];
  readonly failed: Undelivered[];
}

/** @throws when Temporal cannot be reached: the lane waits, and no row is to blame */
async function tell(signals: WorkflowSignals, due: readonly OutboxRow[]): Promise<Telling> {
  const telling: Telling = { told: [], closed: [], failed: [] };
  await eachBounded(due, WIDTH, async (row) => {
    try {
      const isOpen = await within(SIGNAL_DEADLINE_MS, signals.signalOpen(wakeOf(row)));
      (isOpen ? telling.told : telling.closed).push(row);
    } catch (error) {
      if (isTemporalDown(error)) throw error;
      const retryInMs = row.tries + 1 < MOST_TRIES ? backOffMs(row.tries, LONGEST_BACK_OFF_MS) : null;
      telling.failed.push({ row, error: describeError(error).name, retryInMs });
    }
  });
  return telling;
}

interface Surroundings {
  readonly has_wakes: boolean;
  readonly is_driven: boolean;
}

async function lookAround(dataSource: DataSource): Promise<Surroundings> {
  const [found] = await rows<Surroundings>(
    dataSource.manager,
    `SELECT EXISTS (SELECT workspace_id FROM outbox
                     WHERE lane = 'temporal' AND dead_at IS NULL AND try_at <= now()) AS has_wakes,
            target_at IS NOT NULL AS is_driven
       FROM clock WHERE id = 1`,
  );
  return found ?? { has_wakes: false, is_driven: false };
}

/** Batches then leave no more outcomes for people whose workflow has ended. */
async function noteClosed(dataSource: DataSource, closed: readonly OutboxRow[]): Promise<void> {
  if (closed.length === 0) return;
  await rows(
    dataSource.manager,
    `WITH closed AS (
       SELECT s.id, s.workspace_id FROM subscribers s
         JOIN jsonb_to_recordset($1::jsonb) AS c (id uuid, workspace_id uuid)
           ON s.id = c.id AND s.workspace_id = c.workspace_id
        WHERE s.workflow_open ORDER BY s.id FOR NO KEY UPDATE OF s
     )
     UPDATE subscribers s SET workflow_open = false FROM closed
      WHERE s.id = closed.id AND s.workspace_id = closed.workspace_id`,
    [JSON.stringify(closed.map(({ ownerId, workspaceId }) => ({ id: ownerId, workspace_id: workspaceId })))],
  );
}
