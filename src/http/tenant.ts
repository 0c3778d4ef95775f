import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inTenantTransaction } from '../persistence/database';
import { ApiDatabase } from './databases';
import type { AfterCommit } from './request-context';
import { RequestContext, runHooks } from './request-context';

/** The one way from a request to the tables: everything happens as one workspace, under row-level security. */
@Injectable()
export class Tenant {
  constructor(private readonly database: ApiDatabase) {}

  /**
   * Runs `work` in a transaction of the workspace. In a request with an `Idempotency-Key` it joins the one transaction
   * of that request and commits with the stored answer; hooks of `RequestContext.afterCommit` run after whichever
   * commit it is. One at a time: never two of a request in parallel, never one inside another. No network in `work`.
   */
  async transaction<T>(workspaceId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const effect = RequestContext.effect();
    if (effect !== undefined) return effect.join(work);
    let hooks: AfterCommit[] = [];
    const result = await inTenantTransaction(this.database.dataSource, workspaceId, (manager) => {
      hooks = [];
      return RequestContext.collecting(hooks, () => work(manager));
    });
    await runHooks(hooks);
    return result;
  }

  /**
   * Reads only. Unlike `transaction` it does not begin the transaction of an idempotent request, so it may come before
   * a call to Meta; once that transaction has begun it sees what was written there.
   */
  async read<T>(workspaceId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const effect = RequestContext.effect();
    if (effect?.hasBegun === true) return effect.join(work);
    return inTenantTransaction(this.database.dataSource, workspaceId, work);
  }
}
