import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { SubscriberEntity, SubscriberTopicEntity } from '../persistence/entities';
import type { AudienceDto } from './dto/audience.dto';

/** The people whom an audience means, of one Page, as they are now. */
export function audienceQuery(
  manager: EntityManager,
  { workspaceId, pageId }: { readonly workspaceId: string; readonly pageId: string },
  { topicId, source, subscriberIds }: AudienceDto,
): SelectQueryBuilder<SubscriberEntity> {
  const people = manager
    .createQueryBuilder(SubscriberEntity, 'person')
    .select('person.id', 'id')
    .where('person.workspaceId = :workspaceId AND person.pageId = :pageId', { workspaceId, pageId });
  if (source !== undefined) people.andWhere('person.source = :source', { source });
  if (subscriberIds !== undefined) people.andWhere('person.id = ANY(:subscriberIds)', { subscriberIds });
  if (topicId !== undefined) {
    const isIn = 'topic.subscriberId = person.id AND topic.topicId = :topicId AND topic.endedAt IS NULL';
    people.innerJoin(SubscriberTopicEntity, 'topic', isIn, { topicId });
  }
  return people;
}
