import { Check, Column, Entity, Index } from 'typeorm';
import {
  Id,
  OptionalMoment,
  OptionalReference,
  OptionalSealed,
  OptionalText,
  Reference,
  Text,
  WrittenAt,
} from '../columns';

/** A person at a Page: consent, window and paid slot; the record the subscriber workflow acts on. */
@Entity('subscribers')
@Index('subscribers_by_consent', ['workspaceId', 'consent', 'id'])
@Index('subscribers_source', ['workspaceId', 'source', 'id'])
@Index('subscribers_page', ['workspaceId', 'pageId', 'id'])
@Check('subscribers_consent', `consent IN ('none', 'asked', 'granted', 'revoked')`)
export class SubscriberEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @OptionalSealed() psidSealed!: Buffer | null;
  @Text({ default: 'none' }) consent!: string;
  /** Event time of the newest consent event that counted; the register of protocol §7.3. */
  @OptionalMoment() consentAt!: Date | null;
  /** Event time of the newest opt-out after which everything that waited was cancelled. */
  @OptionalMoment() optOutDoneAt!: Date | null;
  @Text() source!: string;
  @OptionalText() timeZone!: string | null;
  /** `excluded` where Meta said that the person's region gets no paid messages. */
  @OptionalText() region!: string | null;
  /** The token sends use; null while the person has none. */
  @OptionalReference() tokenId!: string | null;
  /** End of the standard messaging window. */
  @OptionalMoment() windowUntil!: Date | null;
  @OptionalMoment() paidSlotUntil!: Date | null;
  @OptionalReference() paidSlotSend!: string | null;
  /** Meta's word on the next paid message. */
  @OptionalMoment() metaPaidUntil!: Date | null;
  @OptionalText() metaPaidRule!: string | null;
  /** Whether the person's workflow is open: batches tell only those what became of a campaign. */
  @Column('boolean', { default: false }) workflowOpen!: boolean;
  /** Whether the workflow waits for the person's next action and wants to be woken by it. */
  @Column('boolean', { default: false }) awaitsInbound!: boolean;
  @Column('integer', { default: 0 }) rev!: number;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
