import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Moment, OptionalSealed, WrittenAt } from '../columns';

/** A stored answer, replayed for 24 hours of wall clock. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created', ['createdAt'])
export class IdempotencyKeyEntity {
  @PrimaryColumn('uuid') workspaceId!: string;
  /** Method and path; a path that is none of ours by its keyed hash. */
  @PrimaryColumn('text') operation!: string;
  @PrimaryColumn('text') key!: string;
  @Column('bytea') bodyHash!: Buffer;
  @Column('integer', { nullable: true }) status!: number | null;
  @OptionalSealed() answerSealed!: Buffer | null;
  /** Who runs it; a row not renewed for 30 s may be taken over. */
  @Column('uuid') holder!: string;
  @Moment({ default: () => 'now()' }) renewedAt!: Date;
  @WrittenAt() createdAt!: Date;
}
