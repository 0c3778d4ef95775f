import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { Json, Moment, OptionalMoment, OptionalSealed, OptionalText, Reference, Text, WrittenAt } from '../columns';

/** An event from outside that was answered 200 and is applied by the drainer; partitioned by day. */
@Entity('inbox')
@Index('inbox_pending', ['lane', 'seq'], { where: 'done_at IS NULL' })
@Index('inbox_id', ['id'])
@Index('inbox_actions', ['pageId', 'lane', 'eventAt'], { where: `keys->>'windowOpens' = 'true'` })
export class InboxEntity {
  @PrimaryColumn('date') day!: string;
  @PrimaryColumn('bigint', { default: () => `nextval('inbox_seq')` }) seq!: number;
  @Reference() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Column('smallint') lane!: number;
  @Text() kind!: string;
  @Moment() eventAt!: Date;
  @OptionalSealed() bodySealed!: Buffer | null;
  /** Keyed hashes and Meta ids the appliers need without opening the body. */
  @Json({ nullable: true }) keys!: Record<string, unknown> | null;
  /**
   * `pending`, `done`, `ignored`, `unmatched` or `dead`. An opt-in is `applied` once its proof and wake are written
   * (`done_at` is set, the body stays) and `done` once the person's workflow stored its token and emptied the body.
   */
  @Text({ default: 'pending' }) state!: string;
  @Column('integer', { default: 0 }) tries!: number;
  @OptionalMoment() tryAt!: Date | null;
  @OptionalText() lastError!: string | null;
  /** Business time of arrival: an unmatched event is tried for an hour of it. */
  @Moment() arrivedAt!: Date;
  @WrittenAt() receivedAt!: Date;
  @OptionalMoment() doneAt!: Date | null;
}
