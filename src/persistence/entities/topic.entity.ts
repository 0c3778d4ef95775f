import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Id, OptionalMoment, OptionalText, Reference, Text, WrittenAt } from '../columns';

/** What a person opts in to. */
@Entity('topics')
@Index('topics_page', ['workspaceId', 'pageId', 'id'])
export class TopicEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @ForeignKey('pages')
  @Reference()
  pageId!: string;
  @Text() title!: string;
  /** The title as compare it. */
  @Text() titleKey!: string;
  @OptionalText() imageUrl!: string | null;
  @OptionalText() imageAspectRatio!: string | null;
  @Text() expectation!: string;
  @Column('text', { array: true, default: '{}' }) kinds!: string[];
  @OptionalText() ctaText!: string | null;
  @OptionalText() payload!: string | null;
  @OptionalMoment() deletedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
