import { Entity, Index, PrimaryColumn } from 'typeorm';
import { WrittenAt } from '../columns';

/** The dedupe key of an event, kept 48 hours. */
@Entity('event_keys')
@Index('event_keys_written', ['writtenAt'])
export class EventKeyEntity {
  @PrimaryColumn('uuid') pageId!: string;
  @PrimaryColumn('bytea') key!: Buffer;
  @WrittenAt() writtenAt!: Date;
}
