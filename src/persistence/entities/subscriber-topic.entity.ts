import { Entity, Index, PrimaryColumn } from 'typeorm';
import { Moment, OptionalMoment, Reference } from '../columns';

/** A topic a person opted in to. */
@Entity('subscriber_topics')
@Index('subscriber_topics_topic', ['workspaceId', 'topicId', 'subscriberId'])
export class SubscriberTopicEntity {
  @PrimaryColumn('uuid') subscriberId!: string;
  @PrimaryColumn('uuid') topicId!: string;
  @Reference() workspaceId!: string;
  @Moment() optedInAt!: Date;
  @OptionalMoment() endedAt!: Date | null;
}
