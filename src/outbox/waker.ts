import type { DataSource } from 'typeorm';
import { crashPoint } from '../crash-points';
import { inTenantTransaction, rows } from '../persistence/database';
import { eachBounded } from '../worker-loops/bounded';
import { groupBy } from '../worker-loops/group-by';
import { within } from './temporal-trouble';
import type { OwedWake } from './wake';
import type { WorkflowSignals } from './workflow-signals';

/** The longest a caller waits for Temporal, wall clock. */
const PATIENCE_MS = 1_000;

/** After Temporal did not answer, callers leave it alone for this long: the drainer goes on trying. */
const REST_MS = 3_000;

/** Signals at a time. */
const WIDTH = 20;

/**
 * Tells workflows at once what a committed transaction owes them, so that nobody waits for the drainer. Best effort:
 * what is not told within a second stays in the outbox.
 */
export class Waker {
  private restsUntil = 0;

  /** @param dataSource - of the API's role or the worker's */
  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: WorkflowSignals,
  ) {}

  /** Call it after the commit. It never throws. */
  async deliver(owed: readonly OwedWake[]): Promise<void> {
    if (owed.length === 0 || performance.now() < this.restsUntil) return;
    crashPoint('before-api-signal');
    const told: OwedWake[] = [];
    try {
      await within(PATIENCE_MS, this.tell(owed, told));
    } catch {
      this.restsUntil = performance.now() + REST_MS;
    }
    await this.forget(told).catch(() => undefined);
  }

  private async tell(owed: readonly OwedWake[], told: OwedWake[]): Promise<void> {
    await eachBounded(owed, WIDTH, async (wake) => {
      await this.signals.signalWithStart(wake);
      told.push(wake);
    });
  }

  /** Rows that stay are told twice, which does no harm. */
  private async forget(told: readonly OwedWake[]): Promise<void> {
    for (const [workspaceId, wakes] of groupBy(told, (wake) => wake.workspaceId)) {
      await inTenantTransaction(this.dataSource, workspaceId, (manager) =>
        rows(manager, 'DELETE FROM outbox WHERE workspace_id = $1 AND seq = ANY($2)', [
          workspaceId,
          wakes.map((wake) => wake.outboxSeq),
        ]),
      );
    }
  }
}
