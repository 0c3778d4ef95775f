import type { DataSource } from 'typeorm';
import { refreshSignal } from '../../workflows/shared/lifecycle.contract';
import type { OwnerKind } from '../../workflows/shared/names';
import { readNowMs } from '../persistence/clock';
import { rows } from '../persistence/database';
import { describeError } from '../errors/describe-error';
import { eachBounded } from '../worker-loops/bounded';
import type { LoopLogger } from '../worker-loops/loop';
import { isTemporalDown, within } from './temporal-trouble';
import type { WorkflowSignals } from './workflow-signals';

const OWNERS_A_ROUND = 500;
const WIDTH = 20;
const SIGNAL_DEADLINE_MS = 10_000;
const BETWEEN_PASSES_MS = 60_000;

interface StoredOwner {
  owner_id: string;
  workspace_id: string;
  page_id: string;
  kind: OwnerKind;
}

const BEHIND = `
SELECT owner_id, workspace_id, page_id, kind FROM (
  (SELECT owner_id, workspace_id, page_id, kind FROM waits
    WHERE wake_seq > acted_seq AND ($1::uuid IS NULL OR owner_id > $1) ORDER BY owner_id LIMIT $3)
  UNION
  (SELECT owner_id, workspace_id, page_id, kind FROM waits
    WHERE next_due_at <= $2 AND ($1::uuid IS NULL OR owner_id > $1) ORDER BY owner_id LIMIT $3)
) behind ORDER BY owner_id LIMIT $3`;

/**
 * Wakes whoever is behind: what is owed stands in `waits`, so a lost signal, a terminated workflow and an emptied
 * Temporal heal by themselves (protocol §6). It walks all of them in the order of their ids, a bounded round at a time.
 */
export class Reconciler {
  private after: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: WorkflowSignals,
    private readonly logger: LoopLogger,
  ) {}

  /** @returns when to look again, milliseconds: a minute after the end of a pass */
  readonly round = async (): Promise<number> => {
    const nowMs = await readNowMs(this.dataSource.manager);
    const owners = await rows<StoredOwner>(this.dataSource.manager, BEHIND, [
      this.after,
      new Date(nowMs),
      OWNERS_A_ROUND,
    ]);
    await eachBounded(owners, WIDTH, (owner) => this.refresh(owner));
    const isPassOver = owners.length < OWNERS_A_ROUND;
    this.after = isPassOver ? null : (owners.at(-1)?.owner_id ?? null);
    return isPassOver ? BETWEEN_PASSES_MS : 0;
  };

  /** @throws when Temporal cannot be reached; one owner who cannot be told holds up nobody else */
  private async refresh(owner: StoredOwner): Promise<void> {
    const wake = {
      workspaceId: owner.workspace_id,
      pageId: owner.page_id,
      ownerKind: owner.kind,
      ownerId: owner.owner_id,
      signal: refreshSignal.name,
    };
    try {
      await within(SIGNAL_DEADLINE_MS, this.signals.signalWithStart(wake));
    } catch (error) {
      if (isTemporalDown(error)) throw error;
      this.logger.warn({ workflow: owner.owner_id, error: describeError(error) }, 'A workflow could not be woken');
    }
  }
}
