import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull, MoreThan } from 'typeorm';
import { Problem } from '../errors/problem';
import type { ListPage } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { Tenant } from '../http/tenant';
import { PageEntity } from '../persistence/entities';
import type { ListPagesQueryDto } from './dto/list-pages-query.dto';
import type { PageDto } from './dto/page.dto';
import type { UpdatePageRequestDto } from './dto/update-page-request.dto';
import { showPage } from './show-page';

/** The connected Pages of a workspace. */
@Injectable()
export class PagesService {
  constructor(private readonly tenant: Tenant) {}

  list(workspaceId: string, { limit, cursor, metaPageId }: ListPagesQueryDto): Promise<ListPage<PageDto>> {
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.getRepository(PageEntity).find({
        where: { disconnectedAt: IsNull(), ...(metaPageId && { metaPageId }), ...(after && { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(found, limit, showPage, ({ id }) => [id]);
    });
  }

  read(workspaceId: string, id: string): Promise<PageDto> {
    return this.tenant.read(workspaceId, async (manager) => showPage(await findPage(manager, id)));
  }

  update(workspaceId: string, id: string, body: UpdatePageRequestDto): Promise<PageDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await findPage(manager, id);
      await manager.update(PageEntity, { id }, { ...body, updatedAt: new Date() });
      return showPage(await findPage(manager, id));
    });
  }
}

/** @throws Problem 404 when the workspace has no such Page connected */
export async function findPage(manager: EntityManager, id: string): Promise<PageEntity> {
  const page = await manager.findOneBy(PageEntity, { id, disconnectedAt: IsNull() });
  if (page === null) throw new Problem('NOT_FOUND');
  return page;
}
