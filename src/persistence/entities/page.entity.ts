import { Column, Entity, ForeignKey, Index } from 'typeorm';
import {
  Id,
  OptionalMoment,
  OptionalReference,
  OptionalSealed,
  OptionalText,
  Reference,
  Sealed,
  Text,
  WrittenAt,
} from '../columns';

/** A connected Facebook Page or Instagram professional account. */
@Entity('pages')
@Index('pages_meta', ['workspaceId', 'metaPageId'], { unique: true })
@Index('pages_meta_page', ['metaPageId'])
export class PageEntity {
  @Id() id!: string;
  @ForeignKey('workspaces')
  @Reference()
  workspaceId!: string;
  @Text() metaPageId!: string;
  @Text() platform!: string;
  @Text() name!: string;
  @Sealed() tokenSealed!: Buffer;
  @OptionalSealed() systemUserTokenSealed!: Buffer | null;
  @OptionalText() adAccountId!: string | null;
  @Text() timeZone!: string;
  @Text() currency!: string;
  @Text() country!: string;
  /** `page_blocked`, `app_blocked`, `account_blocked` or null; R-25. */
  @OptionalText() restriction!: string | null;
  @OptionalText() restrictionReason!: string | null;
  @OptionalMoment() restrictedAt!: Date | null;
  @Column('boolean', { default: true }) oneMessagePerLocalDay!: boolean;
  @Column('text', { array: true, default: '{}' }) optOutWords!: string[];
  /** Ceiling of the Page's rate, messages a second; null = the default of the stack. */
  @Column('integer', { nullable: true }) sendsPerSecond!: number | null;
  /** The campaign without budget or workflow to which single messages belong. */
  @OptionalReference() hiddenCampaignId!: string | null;
  @OptionalMoment() disconnectedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
