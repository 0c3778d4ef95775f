import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../errors/problem';
import { Tenant } from '../http/tenant';
import { requestImport } from '../imports/owed-imports';
import { PageEntity, PageSyncEntity } from '../persistence/entities';
import type { PageSyncDto, StartedPageSyncDto } from './dto/page-sync.dto';
import { findPage } from './pages.service';

/** Imports of token lists: asked for here, carried out by the worker. */
@Injectable()
export class PageSyncsService {
  constructor(private readonly tenant: Tenant) {}

  start(workspaceId: string, pageId: string): Promise<StartedPageSyncDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await findPage(manager, pageId);
      await lockPage(manager, pageId);
      const running = await manager.findOneBy(PageSyncEntity, { pageId, state: 'running' });
      const { id } = running ?? (await requestImport(manager, { workspaceId, pageId }));
      return { id, state: 'running' };
    });
  }

  read(workspaceId: string, pageId: string, id: string): Promise<PageSyncDto> {
    return this.tenant.read(workspaceId, async (manager) => {
      const sync = await manager.findOneBy(PageSyncEntity, { id, pageId });
      if (sync === null) throw new Problem('NOT_FOUND');
      const { state, seen, added, changed, gone } = sync;
      return { id, state, seen, added, changed, gone };
    });
  }
}

/** Two requests at a time start one import. */
async function lockPage(manager: EntityManager, id: string): Promise<void> {
  await manager.findOne(PageEntity, { select: { id: true }, where: { id }, lock: { mode: 'for_no_key_update' } });
}
