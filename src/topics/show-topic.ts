import type { TopicEntity } from '../persistence/entities';
import type { TopicDto } from './dto/topic.dto';

/** A topic as the API shows it. */
export const showTopic = (topic: TopicEntity): TopicDto => ({
  id: topic.id,
  pageId: topic.pageId,
  title: topic.title,
  imageUrl: topic.imageUrl,
  imageAspectRatio: topic.imageAspectRatio,
  expectation: topic.expectation,
  kinds: topic.kinds,
  ctaText: topic.ctaText,
  payload: topic.payload,
});
