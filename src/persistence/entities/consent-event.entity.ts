import { Column, Entity, Index } from 'typeorm';
import { Id, Moment, OptionalReference, OptionalText, Reference, Text, WrittenAt } from '../columns';

/** Proof of a consent or its end; append-only, kept also when it changed nothing. */
@Entity('consent_events')
@Index('consent_events_subscriber', ['subscriberId', 'id'])
export class ConsentEventEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Reference() subscriberId!: string;
  /** `opt_in` or `opt_out`. */
  @Text() kind!: string;
  @Text() source!: string;
  @Moment() occurredAt!: Date;
  /** Whether it moved the register: an older event does not. */
  @Column('boolean') applied!: boolean;
  @OptionalReference() topicId!: string | null;
  /** The topic title and expectation shown when the person tapped. */
  @OptionalText() shownText!: string | null;
  @OptionalReference() inboxId!: string | null;
  @WrittenAt() recordedAt!: Date;
}
