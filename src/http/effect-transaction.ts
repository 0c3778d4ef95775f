import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isRepeatable } from '../persistence/database';
import type { AfterCommit } from './request-context';
import { RequestContext, runHooks } from './request-context';

const ATTEMPTS = 4;

/**
 * One transaction for all that a request with an `Idempotency-Key` does, so that effect, outbox entries and stored
 * answer commit together (protocol §7.6). It begins with the first `Tenant.transaction` of the handler: what the
 * handler asks of Meta before it happens outside. Work that fails is undone alone; the rest can still commit with the
 * refusal as its answer.
 */
export class EffectTransaction {
  private runner: QueryRunner | undefined;
  private readonly hooks: AfterCommit[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly workspaceId: string,
  ) {}

  get hasBegun(): boolean {
    return this.runner !== undefined;
  }

  /** Runs one unit of work in it, behind a savepoint; a deadlock is repeated from there. */
  async join<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { manager } = await this.begin();
    for (let attempt = 1; ; attempt += 1) {
      const hooks: AfterCommit[] = [];
      try {
        const result = await RequestContext.collecting(hooks, () => manager.transaction(work));
        this.hooks.push(...hooks);
        return result;
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRepeatable(error)) throw error;
      }
    }
  }

  /** Commits after `last`, then runs the hooks; whatever fails before the commit undoes everything. */
  async commit(last: (manager: EntityManager) => Promise<void>): Promise<void> {
    const runner = await this.begin();
    try {
      await last(runner.manager);
      await runner.commitTransaction();
    } catch (error) {
      await this.rollback();
      throw error;
    }
    await runner.release();
    await runHooks(this.hooks);
  }

  async rollback(): Promise<void> {
    if (this.runner === undefined || this.runner.isReleased) return;
    try {
      if (this.runner.isTransactionActive) await this.runner.rollbackTransaction();
    } finally {
      await this.runner.release();
    }
  }

  private async begin(): Promise<QueryRunner> {
    if (this.runner !== undefined) return this.runner;
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query(`SELECT set_config('herald.workspace_id', $1, true)`, [this.workspaceId]);
    } catch (error) {
      await runner.release();
      throw error;
    }
    this.runner = runner;
    return runner;
  }
}
