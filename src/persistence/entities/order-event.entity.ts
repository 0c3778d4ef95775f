import { Entity, Index } from 'typeorm';
import {
  BigInteger,
  Id,
  Moment,
  OptionalReference,
  OptionalSealed,
  OptionalText,
  Reference,
  Text,
  WrittenAt,
} from '../columns';

/** One status an order reached; each (source, order, status) counts once. */
@Entity('order_events')
@Index('order_events_once', ['workspaceId', 'source', 'orderId', 'status'], { unique: true })
@Index('order_events_outcome', ['workspaceId', 'outcome', 'id'])
@Index('order_events_subscriber', ['subscriberId', 'id'])
export class OrderEventEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Text() source!: string;
  @Text() orderId!: string;
  @Text() status!: string;
  @OptionalReference() subscriberId!: string | null;
  @Moment() occurredAt!: Date;
  @BigInteger({ nullable: true }) amountMinor!: number | null;
  @OptionalText() currency!: string | null;
  @OptionalSealed() itemsSealed!: Buffer | null;
  /** `accepted`, `duplicate`, `stale`, `no_subscriber` or `no_automation`. */
  @Text() outcome!: string;
  @WrittenAt() createdAt!: Date;
}
