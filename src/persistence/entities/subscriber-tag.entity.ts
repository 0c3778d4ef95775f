import { Entity, Index, PrimaryColumn } from 'typeorm';
import { Reference } from '../columns';

/** A tag on a person. */
@Entity('subscriber_tags')
@Index('subscriber_tags_tag', ['workspaceId', 'pageId', 'tag', 'subscriberId'])
export class SubscriberTagEntity {
  @PrimaryColumn('uuid') subscriberId!: string;
  @PrimaryColumn('text') tag!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
}
