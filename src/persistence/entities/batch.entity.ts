import { Column, Entity, Index } from 'typeorm';
import { Id, OptionalMoment, OptionalReference, Reference, Text, WrittenAt } from '../columns';

/** One batch and its fence: who holds the newest fence may begin sends of it. */
@Entity('batches')
@Index('batches_open', ['campaignId'], { where: `state = 'open'` })
@Index('batches_one_open', ['campaignId'], { unique: true, where: `state = 'open' AND kind <> 'single'` })
@Index('batches_cursor', ['campaignId', 'toId'], { where: 'to_id IS NOT NULL' })
export class BatchEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() campaignId!: string;
  /** `audience`, `chosen` or `single`; of the first two one is open a campaign. */
  @Text() kind!: string;
  @Column('integer', { default: 0 }) pass!: number;
  /** Bounds of an audience batch: after this subscriber … */
  @OptionalReference() fromId!: string | null;
  /** … up to and with this one. */
  @OptionalReference() toId!: string | null;
  @Column('integer', { default: 0 }) fence!: number;
  @Text({ default: 'open' }) state!: string;
  /** A complete refusal that names campaign, Page, account or rate: this batch begins no further slice. */
  @Column('boolean', { default: false }) halted!: boolean;
  @WrittenAt() createdAt!: Date;
  @OptionalMoment() closedAt!: Date | null;
}
