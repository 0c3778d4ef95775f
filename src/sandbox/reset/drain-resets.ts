import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { readClock, restartClock } from '../../clock/clock-row';
import type { SimulatorClock } from '../../clock/simulator-clock';
import type { SimulatorControl } from '../../clock/simulator-control';
import { describeError } from '../../errors/describe-error';
import type { OutboxRow } from '../../outbox/outbox-rows';
import { dueRows, postpone } from '../../outbox/outbox-rows';
import { inTransaction, rows } from '../../persistence/database';
import type { LoopLogger } from '../../worker-loops/loop';
import type { Emptied } from './empty-workspace';
import { emptyWorkspace, sweepEmptied } from './empty-workspace';
import { backOffMs } from '../../worker-loops/back-off';

const AT_ONCE = 10;
const IDLE_MS = 200;
const LONGEST_BACK_OFF_MS = 10_000;

/** How long transactions that had begun before the emptying are waited for, wall clock. */
const STRAGGLERS_MS = 10_000;
const LOOK_EVERY_MS = 25;

/** What resets work with. */
export interface ResetPorts {
  readonly dataSource: DataSource;
  readonly control: SimulatorControl;
  readonly simulator: SimulatorClock;
  readonly logger: LoopLogger;
}

/** What a reset remembers between its steps: it stands in its outbox row. */
interface Progress extends Emptied {
  /** Transaction that emptied the workspace. */
  readonly emptiedBy: string;
}

/**
 * Begins workspaces of a sandbox anew where that was asked for (contract §2). Each step may be repeated, so a worker that
 * dies in between is followed by another.
 *
 * @returns when to look again, milliseconds
 */
export async function drainResets(ports: ResetPorts): Promise<number> {
  const { manager } = ports.dataSource;
  const asked = await dueRows(manager, 'sandbox', AT_ONCE);
  for (const row of asked) {
    try {
      await reset(ports, row);
    } catch (error) {
      ports.logger.warn({ workspace: row.workspaceId, error: describeError(error) }, 'A reset was interrupted');
      const retryInMs = backOffMs(row.tries, LONGEST_BACK_OFF_MS);
      await postpone(manager, [{ row, error: describeError(error).name, retryInMs }]);
    }
  }
  return asked.length === 0 ? IDLE_MS : 0;
}

/** The record goes first: from then on whatever still runs finds nothing, and events of the Pages are nobody's. */
async function reset({ dataSource, control, simulator }: ResetPorts, row: OutboxRow): Promise<void> {
  const { workspaceId } = row;
  const { pageIds, metaPageIds, emptiedBy } = await inTransaction(dataSource, (manager) => empty(manager, row));
  for (const id of metaPageIds) await control.call('POST', '/reset', { pageIds: [id] });
  await stragglers(dataSource, emptiedBy);
  await inTransaction(dataSource, (manager) => sweepEmptied(manager, workspaceId, pageIds));
  if (await inTransaction(dataSource, restartClock)) await followClock(dataSource, simulator);
  await rows(dataSource.manager, 'DELETE FROM outbox WHERE workspace_id = $1 AND seq = $2', [workspaceId, row.seq]);
}

/** Once: a repetition would empty what was made since. */
async function empty(manager: EntityManager, { workspaceId, seq, body }: OutboxRow): Promise<Progress> {
  if ('emptiedBy' in body) return body as unknown as Progress;
  const emptied = await emptyWorkspace(manager, workspaceId);
  const [written] = await rows<{ body: Progress }>(
    manager,
    `UPDATE outbox SET body = $3::jsonb || jsonb_build_object('emptiedBy', pg_current_xact_id()::text)
      WHERE workspace_id = $1 AND seq = $2 RETURNING body`,
    [workspaceId, seq, JSON.stringify(emptied)],
  );
  if (written === undefined) throw new Error('Somebody else has done the reset.');
  return written.body;
}

/** Waits until every transaction that was under way while the workspace was emptied is over. */
async function stragglers(dataSource: DataSource, emptiedBy: string): Promise<void> {
  const end = performance.now() + STRAGGLERS_MS;
  while (!(await areOver(dataSource.manager, emptiedBy))) {
    if (performance.now() > end) throw new Error('A transaction that began before the reset is still open.');
    await pause(LOOK_EVERY_MS);
  }
}

async function areOver(manager: EntityManager, emptiedBy: string): Promise<boolean> {
  const [found] = await rows<{ over: boolean }>(
    manager,
    'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS over',
    [emptiedBy],
  );
  return found?.over === true;
}

async function followClock(dataSource: DataSource, simulator: SimulatorClock): Promise<void> {
  const { nowMs, running, wallMs } = await readClock(dataSource.manager);
  await simulator.set({ nowMs, frozen: !running, wallMs });
}
