import { Injectable } from '@nestjs/common';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { IsNull } from 'typeorm';
import { decodeIdCursor } from '../http/paging';
import { PageEntity, SubscriberEntity, SubscriberTagEntity, SubscriberTopicEntity } from '../persistence/entities';
import type { ListSubscribersQueryDto } from './dto/list-subscribers-query.dto';
import { Identities } from './identities';

type People = SelectQueryBuilder<SubscriberEntity>;

const BY_IDENTITY = [
  ['psid', 'psid'],
  ['externalId', 'external_id'],
  ['email', 'email'],
  ['phone', 'phone'],
] as const;

/** Lists people by what is known of them; look-ups by identity go by keyed hash, so they are exact. */
@Injectable()
export class FindSubscribers {
  constructor(private readonly identities: Identities) {}

  /** @returns up to one row more than the limit, oldest first */
  async find(
    manager: EntityManager,
    workspaceId: string,
    query: ListSubscribersQueryDto,
  ): Promise<readonly SubscriberEntity[]> {
    const after = decodeIdCursor(query.cursor);
    const pageIds = await pagesOf(manager, workspaceId, query);
    if (pageIds.length === 0) return [];
    const people = manager
      .createQueryBuilder(SubscriberEntity, 'person')
      .where('person.workspaceId = :workspaceId', { workspaceId })
      .andWhere('person.pageId IN (:...pageIds)', { pageIds })
      .orderBy('person.id', 'ASC')
      .limit(query.limit + 1);
    if (after !== undefined) people.andWhere('person.id > :after', { after });
    narrow(people, query);
    return (await this.narrowByIdentity(manager, people, pageIds, query)) ? people.getMany() : [];
  }

  /** @returns whether anybody can be left */
  private async narrowByIdentity(
    manager: EntityManager,
    people: People,
    pageIds: readonly string[],
    query: ListSubscribersQueryDto,
  ): Promise<boolean> {
    for (const [field, kind] of BY_IDENTITY) {
      const value = query[field];
      if (value === undefined) continue;
      const ids = await this.identities.find(manager, pageIds, kind, value);
      if (ids.length === 0) return false;
      people.andWhere(`person.id IN (:...${field}Ids)`, { [`${field}Ids`]: ids });
    }
    return true;
  }
}

async function pagesOf(
  manager: EntityManager,
  workspaceId: string,
  { pageId, metaPageId }: ListSubscribersQueryDto,
): Promise<string[]> {
  const pages = await manager.find(PageEntity, {
    where: {
      workspaceId,
      disconnectedAt: IsNull(),
      ...(pageId !== undefined && { id: pageId }),
      ...(metaPageId !== undefined && { metaPageId }),
    },
    select: { id: true },
  });
  return pages.map(({ id }) => id);
}

function narrow(people: People, { consent, source, tag, topicId }: ListSubscribersQueryDto): void {
  if (consent !== undefined) people.andWhere('person.consent = :consent', { consent });
  if (source !== undefined) people.andWhere('person.source = :source', { source });
  if (tag !== undefined) {
    people.innerJoin(SubscriberTagEntity, 'tagged', 'tagged.subscriberId = person.id AND tagged.tag = :tag', { tag });
  }
  if (topicId !== undefined) {
    const subscribed = 'topic.subscriberId = person.id AND topic.topicId = :topicId AND topic.endedAt IS NULL';
    people.innerJoin(SubscriberTopicEntity, 'topic', subscribed, { topicId });
  }
}
