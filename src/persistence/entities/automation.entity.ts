import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Id, Json, OptionalMoment, Reference, Sealed, Text, WrittenAt } from '../columns';

/** A trigger and its steps; the steps carry message texts and are encrypted. */
@Entity('automations')
@Index('automations_workspace', ['workspaceId', 'id'])
export class AutomationEntity {
  @Id() id!: string;
  @ForeignKey('workspaces')
  @Reference()
  workspaceId!: string;
  @Text() name!: string;
  @Column('uuid', { array: true }) pageIds!: string[];
  @Text() triggerKind!: string;
  @Json() trigger!: Record<string, unknown>;
  @Sealed() stepsSealed!: Buffer;
  @Column('boolean', { default: false }) enabled!: boolean;
  @OptionalMoment() deletedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
  @WrittenAt() updatedAt!: Date;
}
