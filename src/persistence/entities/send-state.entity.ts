import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { Moment, OptionalText, Reference, Text } from '../columns';

/** One state a send was in; append-only. */
@Entity('send_states')
export class SendStateEntity {
  @PrimaryColumn('uuid') sendId!: string;
  @PrimaryGeneratedColumn({ type: 'bigint' }) seq!: number;
  @Reference() workspaceId!: string;
  @Reference() campaignId!: string;
  @Text() state!: string;
  @OptionalText() ruleId!: string | null;
  @Column('text', { nullable: true }) detail!: string | null;
  @Moment() at!: Date;
}
