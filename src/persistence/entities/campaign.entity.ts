import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import {
  BigInteger,
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

/** A campaign: its state is the truth that the API and the workflow change by compare-and-set. */
@Entity('campaigns')
@Index('campaigns_page', ['workspaceId', 'pageId', 'id'])
@Index('campaigns_meta', ['metaCampaignId'], { where: 'meta_campaign_id IS NOT NULL' })
@Check(
  'campaigns_state',
  `state IN ('draft', 'scheduled', 'populating', 'active', 'paused', 'ended', 'stopped', 'failed')`,
)
export class CampaignEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @ForeignKey('pages')
  @Reference()
  pageId!: string;
  @Text() name!: string;
  @Text() kind!: string;
  /** The Page's own campaign for single messages: no budget, no workflow, in no list. */
  @Column('boolean', { default: false }) hidden!: boolean;
  @Text({ default: 'draft' }) state!: string;
  @OptionalText() reason!: string | null;
  /** Where `resume` goes back to. */
  @OptionalText() resumesTo!: string | null;
  @Moment() startAt!: Date;
  @OptionalMoment() endAt!: Date | null;
  @Text() whenSlotTaken!: string;
  @Text() whenBudgetUsedUp!: string;
  @BigInteger({ nullable: true }) unitCostMinor!: number | null;
  @OptionalText() unitCostSource!: string | null;
  /** The campaign's own content, when it has one. */
  @OptionalReference() messageId!: string | null;
  @OptionalText() metaCampaignId!: string | null;
  @OptionalText() metaAdSetId!: string | null;
  @OptionalMoment() metaCreatedAt!: Date | null;
  /** When bytes of a create left without a stored answer; while set, the create is reconciled by name. */
  @OptionalMoment() metaCreateTriedAt!: Date | null;
  @Column('integer', { default: 0 }) metaEmptyReads!: number;
  @OptionalMoment() metaEmptyReadAt!: Date | null;
  /** Budget or end changed here and not yet at Meta. */
  @Column('boolean', { default: false }) metaOutdated!: boolean;
  @OptionalMoment() notReadySince!: Date | null;
  @OptionalMoment() nextProbeAt!: Date | null;
  /** Pacing, rate or a full daily budget at Meta: no claim before this moment. */
  @OptionalMoment() claimsFrom!: Date | null;
  @OptionalMoment() firstAcceptedAt!: Date | null;
  @OptionalMoment() lastAcceptedAt!: Date | null;
  @OptionalMoment() closedOutAt!: Date | null;
  @Column('integer', { default: 0 }) audienceSize!: number;
  /** What the workflow waits for, as `waitingFor` of the API shows it. */
  @Json({ nullable: true }) waitingFor!: Record<string, unknown> | null;
  @OptionalText() lastRuleId!: string | null;
  @Column('integer', { default: 0 }) rev!: number;
  @OptionalMoment() startedAt!: Date | null;
  @OptionalMoment() finishedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
