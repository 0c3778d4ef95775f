import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { crashPoint } from '../crash-points';
import { isDatabaseDown } from '../errors/database-down';
import { describeError } from '../errors/describe-error';
import { inTransaction } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import type { LoopLogger } from '../worker-loops/loop';
import { applyGroup } from './apply-group';
import { INBOX_LANES } from './inbox-lane';
import type { InboxRow } from './inbox-row';
import { readAgain, readPending, takeLanes } from './inbox-row';
import { writeFailure } from './settlement';

const ROWS_A_ROUND = 500;
/** New events are announced by notification; what is to be tried again is found by looking. */
const IDLE_MS = 100;
/** In a burst rounds wait for each other this long, so that many events share a commit. */
const GATHER_MS = 80;
/** A round with more rows than this, and fewer than a full one, is part of a burst. */
const FEW_ROWS = 5;
const MANY_ROWS = 250;

const ALL_LANES = Array.from({ length: INBOX_LANES }, (_, lane) => lane);

/** What the drainer works with. */
export interface DrainerPorts {
  readonly dataSource: DataSource;
  readonly envelope: Envelope;
  readonly logger: LoopLogger;
}

/** Applies what webhooks brought: every free lane, one commit a round; a bad event holds up nobody. */
export class InboxDrainer {
  private isBurst = false;

  constructor(private readonly ports: DrainerPorts) {}

  /** @returns when to look again, milliseconds */
  readonly round = async (): Promise<number> => {
    if (this.isBurst) await pause(GATHER_MS);
    const rows = await this.applyDue();
    this.isBurst = rows > FEW_ROWS && rows < MANY_ROWS;
    return rows === 0 ? IDLE_MS : 0;
  };

  /** @returns how many rows were due */
  private async applyDue(): Promise<number> {
    let due: InboxRow[] = [];
    try {
      await inTransaction(this.ports.dataSource, async (manager) => {
        const lanes = await takeLanes(manager, ALL_LANES);
        due = await readPending(manager, lanes, ROWS_A_ROUND);
        await this.apply(manager, due.filter(isOfGroup));
      });
      if (due.some(isOptIn)) crashPoint('after-opt-in-commit');
    } catch (error) {
      if (isDatabaseDown(error) || due.length === 0) throw error;
      await this.applyHalves(due.filter(isOfGroup), error);
    }
    for (const row of due) if (!isOfGroup(row)) await this.applyAgain([row]);
    return due.length;
  }

  private async apply(manager: EntityManager, rows: readonly InboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    await applyGroup(manager, rows, this.ports.envelope);
    crashPoint('in-drain');
  }

  /** Applies rows of a group that failed, in a transaction of their own. */
  private async applyAgain(rows: readonly InboxRow[]): Promise<void> {
    try {
      await inTransaction(this.ports.dataSource, async (manager) => {
        const lanes = await takeLanes(manager, [...new Set(rows.map(({ lane }) => lane))]);
        await this.apply(manager, await readAgain(manager, rows, lanes));
      });
    } catch (error) {
      if (isDatabaseDown(error)) throw error;
      await this.applyHalves(rows, error);
    }
  }

  /** Halves a failed group until the bad event stands alone; it gets a later moment, or is dead. */
  private async applyHalves(rows: readonly InboxRow[], error: unknown): Promise<void> {
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      await this.putAside(only, error);
      return;
    }
    const middle = Math.ceil(rows.length / 2);
    await this.applyAgain(rows.slice(0, middle));
    await this.applyAgain(rows.slice(middle));
  }

  private async putAside(row: InboxRow, error: unknown): Promise<void> {
    const described = describeError(error);
    const reason = [described.name, described.code].filter((part) => part !== undefined).join(' ');
    const isDead = await writeFailure(this.ports.dataSource.manager, row, reason);
    const facts = { inboxId: row.id, kind: row.kind, tries: row.tries + 1, error: described };
    this.ports.logger.warn(
      facts,
      isDead ? 'An event is dead: it could not be applied' : 'An event could not be applied',
    );
  }
}

/** What failed before stands alone, and so does what locks people, workflows and outbox by itself. */
const isOfGroup = ({ tries, kind }: InboxRow): boolean => tries === 0 && kind !== 'opt_in_stop';

const isOptIn = ({ kind }: InboxRow): boolean => kind === 'opt_in';
