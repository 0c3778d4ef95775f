import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Moment, OptionalText, Reference, Text } from '../columns';

/** One state a send was in; append-only. */
@Entity('send_states')
@Index('send_states_send', ['sendId', 'seq'])
export class SendStateEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' }) seq!: number;
  @Reference() workspaceId!: string;
  @Reference() campaignId!: string;
  @Reference() sendId!: string;
  @Text() state!: string;
  @OptionalText() ruleId!: string | null;
  @Column('text', { nullable: true }) detail!: string | null;
  @Moment() at!: Date;
}
