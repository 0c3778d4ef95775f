import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ApiDatabase } from '../http/databases';
import { RequestContext } from '../http/request-context';
import { Tenant } from '../http/tenant';
import { END_WORKFLOW } from '../outbox/outbox-rows';
import { inTenantTransaction, rows } from '../persistence/database';
import { uuidV7 } from '../security/uuid-v7';
import type { SandboxResetDto } from './dto/sandbox-reset.dto';
import { RESET } from './reset/reset-row';

/** The longest a caller waits for the worker, wall clock. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** The wish to begin anew; the worker carries it out, because workflows and the simulator are its affair. */
@Injectable()
export class ResetService {
  constructor(
    private readonly tenant: Tenant,
    private readonly database: ApiDatabase,
  ) {}

  reset(workspaceId: string): Promise<SandboxResetDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await rows(
        manager,
        `INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, body) VALUES ($1, $2, $3, 'sandbox', $2, '{}')`,
        [uuidV7(), workspaceId, RESET],
      );
      RequestContext.afterCommit(() => this.waitUntilDone(workspaceId));
      return { status: 'resetting' };
    });
  }

  /** Whoever makes something right after the answer is not to lose it to what is still being emptied. */
  private async waitUntilDone(workspaceId: string): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end && !(await this.isDone(workspaceId))) await pause(LOOK_EVERY_MS);
  }

  private isDone(workspaceId: string): Promise<boolean> {
    return inTenantTransaction(this.database.dataSource, workspaceId, async (manager) => {
      const open = await rows(
        manager,
        'SELECT workspace_id FROM outbox WHERE workspace_id = $1 AND kind = ANY($2) AND dead_at IS NULL LIMIT 1',
        [workspaceId, [RESET, END_WORKFLOW]],
      );
      return open.length === 0;
    });
  }
}
