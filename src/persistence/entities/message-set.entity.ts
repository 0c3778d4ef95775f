import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BigInteger, Id, Json, Reference, Text, WrittenAt } from '../columns';

/** Budget, bid and audience of a campaign's set. */
@Entity('message_sets')
@Index('message_sets_campaign', ['campaignId'], { unique: true })
export class MessageSetEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @ForeignKey('campaigns')
  @Reference()
  campaignId!: string;
  @Text() budgetType!: string;
  @BigInteger() budgetMinor!: number;
  @Text() currency!: string;
  @Column('boolean', { default: false }) allowOvershoot!: boolean;
  @BigInteger({ nullable: true }) bidMinor!: number | null;
  @Json({ nullable: true }) audience!: Record<string, unknown> | null;
  @Text({ default: 'frozen' }) audienceMode!: string;
  @WrittenAt() createdAt!: Date;
}
