import type { EntityManager } from 'typeorm';
import { SubscriberTopicEntity, TopicEntity } from '../persistence/entities';
import type { SubscribedTopicDto } from './dto/subscriber.dto';

interface Subscribed {
  readonly subscriberId: string;
  readonly topicId: string;
  readonly title: string;
  readonly optedInAt: Date;
}

/** The topics that people are opted in to now, oldest first. */
export async function subscribedTopics(
  manager: EntityManager,
  subscriberIds: readonly string[],
): Promise<ReadonlyMap<string, SubscribedTopicDto[]>> {
  const topics = new Map<string, SubscribedTopicDto[]>();
  if (subscriberIds.length === 0) return topics;
  const stored = await manager
    .createQueryBuilder(SubscriberTopicEntity, 'subscribed')
    .innerJoin(TopicEntity, 'topic', 'topic.id = subscribed.topicId')
    .select('subscribed.subscriberId', 'subscriberId')
    .addSelect('subscribed.topicId', 'topicId')
    .addSelect('topic.title', 'title')
    .addSelect('subscribed.optedInAt', 'optedInAt')
    .where('subscribed.subscriberId IN (:...subscriberIds)', { subscriberIds })
    .andWhere('subscribed.endedAt IS NULL')
    .orderBy('subscribed.optedInAt', 'ASC')
    .getRawMany<Subscribed>();
  for (const { subscriberId, topicId, title, optedInAt } of stored) {
    const before = topics.get(subscriberId) ?? [];
    topics.set(subscriberId, [...before, { topicId, title, optedInAt: optedInAt.toISOString() }]);
  }
  return topics;
}
