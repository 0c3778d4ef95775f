import { Column, Entity, Index } from 'typeorm';
import { Id, OptionalMoment, OptionalReference, OptionalText, Reference, Sealed, Text, WrittenAt } from '../columns';

/** A subscription token, encrypted, found by its keyed hash. */
@Entity('subscriber_tokens')
@Index('subscriber_tokens_hash', ['pageId', 'hash'], { unique: true })
@Index('subscriber_tokens_subscriber', ['subscriberId'])
export class SubscriberTokenEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Reference() subscriberId!: string;
  @Column('bytea') hash!: Buffer;
  @Sealed() sealed!: Buffer;
  @Text({ default: 'paid' }) lane!: string;
  @Text() source!: string;
  @Text({ default: 'active' }) state!: string;
  @OptionalText() endedReason!: string | null;
  @OptionalMoment() endedAt!: Date | null;
  @OptionalMoment() expiresAt!: Date | null;
  /** The import that saw it last: what a whole import did not see has vanished at Meta. */
  @OptionalReference() lastSyncId!: string | null;
  @WrittenAt() createdAt!: Date;
}
