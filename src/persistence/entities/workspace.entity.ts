import { Entity } from 'typeorm';
import { Id, Text, WrittenAt } from '../columns';

/** A tenant. */
@Entity('workspaces')
export class WorkspaceEntity {
  @Id() id!: string;
  @Text() name!: string;
  @WrittenAt() createdAt!: Date;
}
