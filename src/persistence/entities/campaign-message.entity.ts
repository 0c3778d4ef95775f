import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Id, Reference, Sealed, WrittenAt } from '../columns';

/** A content of a campaign, encrypted; one row for each distinct content, so that R-27 can compare. */
@Entity('campaign_messages')
@Index('campaign_messages_content', ['campaignId', 'contentKey'], { unique: true })
export class CampaignMessageEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @ForeignKey('campaigns')
  @Reference()
  campaignId!: string;
  /** Keyed hash of the content before variables; of its own id for a single message or a step. */
  @Column('bytea') contentKey!: Buffer;
  @Sealed() contentSealed!: Buffer;
  @WrittenAt() createdAt!: Date;
}
