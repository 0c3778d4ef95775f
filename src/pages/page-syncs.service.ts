import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Problem } from '../errors/problem';
import { Tenant } from '../http/tenant';
import { readNowMs } from '../persistence/clock';
import { PageEntity, PageSyncEntity } from '../persistence/entities';
import { uuidV7 } from '../security/uuid-v7';
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
      const id = running?.id ?? uuidV7();
      if (running === null) await insert(manager, { id, workspaceId, pageId });
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

/** What Meta's list says was so a moment before it was asked for: an opt-in that arrives meanwhile is newer. */
async function insert(
  manager: EntityManager,
  sync: Pick<PageSyncEntity, 'id' | 'workspaceId' | 'pageId'>,
): Promise<void> {
  const requestedAt = new Date((await readNowMs(manager)) - 1);
  await manager.insert(PageSyncEntity, { ...sync, state: 'running', requestedAt });
}
