import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Id, OptionalMoment, Reference, Text, WrittenAt } from '../columns';

/** A key of the API: its prefix in clear, its secret as SHA-256 only. */
@Entity('api_keys')
@Index('api_keys_prefix', ['prefix'], { unique: true })
export class ApiKeyEntity {
  @Id() id!: string;
  @ForeignKey('workspaces')
  @Reference()
  workspaceId!: string;
  @Text() name!: string;
  @Text() prefix!: string;
  @Column('bytea') secretHash!: Buffer;
  @Column('text', { array: true }) scopes!: string[];
  @OptionalMoment() expiresAt!: Date | null;
  @OptionalMoment() lastUsedAt!: Date | null;
  @OptionalMoment() revokedAt!: Date | null;
  @WrittenAt() createdAt!: Date;
}
