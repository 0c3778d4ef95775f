import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull, MoreThan } from 'typeorm';
import { titleKey } from '../../domain/subscriber/title-key';
import { Problem } from '../errors/problem';
import type { ListPage } from '../http/paging';
import { decodeIdCursor, listPage } from '../http/paging';
import { Tenant } from '../http/tenant';
import { PageEntity, TopicEntity } from '../persistence/entities';
import { uuidV7 } from '../security/uuid-v7';
import type { CreateTopicRequestDto } from './dto/create-topic-request.dto';
import type { ListTopicsQueryDto } from './dto/list-topics-query.dto';
import type { TopicDto } from './dto/topic.dto';
import type { UpdateTopicRequestDto } from './dto/update-topic-request.dto';
import { showTopic } from './show-topic';

/** Topics of a workspace. */
@Injectable()
export class TopicsService {
  constructor(private readonly tenant: Tenant) {}

  create(workspaceId: string, { kinds = [], ...body }: CreateTopicRequestDto): Promise<TopicDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      await requirePage(manager, body.pageId);
      const topics = manager.getRepository(TopicEntity);
      const id = uuidV7();
      await topics.insert({ ...body, id, workspaceId, kinds, titleKey: titleKey(body.title) });
      return showTopic(await topics.findOneByOrFail({ id }));
    });
  }

  list(workspaceId: string, { limit, cursor, pageId }: ListTopicsQueryDto): Promise<ListPage<TopicDto>> {
    const after = decodeIdCursor(cursor);
    return this.tenant.read(workspaceId, async (manager) => {
      const found = await manager.getRepository(TopicEntity).find({
        where: { deletedAt: IsNull(), ...(pageId && { pageId }), ...(after && { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit + 1,
      });
      return listPage(found, limit, showTopic, ({ id }) => [id]);
    });
  }

  read(workspaceId: string, id: string): Promise<TopicDto> {
    return this.tenant.read(workspaceId, async (manager) => showTopic(await find(manager, id)));
  }

  update(workspaceId: string, id: string, body: UpdateTopicRequestDto): Promise<TopicDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const topic = await find(manager, id);
      const key = body.title === undefined ? {} : { titleKey: titleKey(body.title) };
      const changed = manager.merge(TopicEntity, topic, { ...body, ...key, updatedAt: new Date() });
      return showTopic(await manager.save(changed));
    });
  }

  async remove(workspaceId: string, id: string): Promise<void> {
    await this.tenant.transaction(workspaceId, async (manager) => {
      await find(manager, id);
      await manager.update(TopicEntity, { id }, { deletedAt: new Date() });
    });
  }
}

async function find(manager: EntityManager, id: string): Promise<TopicEntity> {
  const topic = await manager.findOneBy(TopicEntity, { id, deletedAt: IsNull() });
  if (topic === null) throw new Problem('NOT_FOUND');
  return topic;
}

async function requirePage(manager: EntityManager, pageId: string): Promise<void> {
  const isConnected = await manager.existsBy(PageEntity, { id: pageId, disconnectedAt: IsNull() });
  if (!isConnected) throw Problem.fields({ field: 'pageId', reason: 'is no connected Page' });
}
