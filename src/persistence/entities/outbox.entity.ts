import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Json, Moment, OptionalMoment, OptionalReference, OptionalText, Reference, Text, WrittenAt } from '../columns';

/** What was promised to somebody else: a wake of a workflow, a call to Meta. Removed once answered. */
@Entity('outbox')
@Index('outbox_failed', ['ownerId'], { where: 'last_error IS NOT NULL' })
@Index('outbox_wakes', ['ownerId'], { where: `kind = 'wake'` })
@Index('outbox_due', ['lane', 'tryAt', 'seq'])
@Index('outbox_newest', ['kind', 'ownerId'], { unique: true, where: `kind = 'campaign_outcome'` })
export class OutboxEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' }) seq!: number;
  @Reference() id!: string;
  @Reference() workspaceId!: string;
  /** `wake`, `end_workflow`, `campaign_outcome`, `unsubscribe` or `sandbox_reset`. */
  @Text() kind!: string;
  /** By receiver: `temporal`, `outcome`, `graph` or `sandbox`. */
  @Text() lane!: string;
  /** The subscriber, campaign or workspace it concerns. */
  @Reference() ownerId!: string;
  @OptionalReference() pageId!: string | null;
  /** Signal name and ids; never personal data. */
  @Json() body!: Record<string, unknown>;
  @Column('integer', { default: 0 }) tries!: number;
  /** Wall clock. */
  @Moment({ default: () => 'now()' }) tryAt!: Date;
  @OptionalMoment() deadAt!: Date | null;
  @OptionalText() lastError!: string | null;
  @WrittenAt() createdAt!: Date;
}
