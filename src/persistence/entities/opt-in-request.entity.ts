import { Column, Entity, Index } from 'typeorm';
import {
  Id,
  Json,
  Moment,
  OptionalMoment,
  OptionalReference,
  OptionalText,
  Reference,
  Text,
  WrittenAt,
} from '../columns';

/** One request to opt in: asked, waiting, refused, or unknown when Meta's answer got lost. */
@Entity('opt_in_requests')
@Index('opt_in_requests_state', ['workspaceId', 'state', 'id'])
@Index('opt_in_requests_topic', ['workspaceId', 'topicId', 'id'])
@Index('opt_in_requests_subscriber', ['subscriberId', 'id'])
@Index('opt_in_requests_page', ['workspaceId', 'pageId', 'id'])
export class OptInRequestEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Reference() subscriberId!: string;
  @Reference() topicId!: string;
  @Text() titleKey!: string;
  @OptionalText() imageUrl!: string | null;
  @Column('text', { array: true, default: '{}' }) kinds!: string[];
  @Text() state!: string;
  @Text() whenNotAllowed!: string;
  @OptionalText() ruleId!: string | null;
  @Json({ nullable: true }) facts!: Record<string, unknown> | null;
  @OptionalMoment() allowedAt!: Date | null;
  /** When the workflow looks again; null while only the person's action can change it. */
  @OptionalMoment() dueAt!: Date | null;
  @OptionalMoment() expiresAt!: Date | null;
  @Moment() requestedAt!: Date;
  /** When bytes left for Meta, known or not what became of them; R-03 counts from here. */
  @OptionalMoment() askedAt!: Date | null;
  /** Wall-clock moment of the last attempt, for the deadline of `sending`. */
  @OptionalMoment() sendingSince!: Date | null;
  @OptionalReference() automationRunId!: string | null;
  @OptionalText() errorCode!: string | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
