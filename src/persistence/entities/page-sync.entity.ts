import { Column, Entity, Index } from 'typeorm';
import { Id, Moment, OptionalMoment, OptionalText, Reference, Text, WrittenAt } from '../columns';

/** One import of a Page's token list. */
@Entity('page_syncs')
@Index('page_syncs_page', ['workspaceId', 'pageId', 'id'])
@Index('page_syncs_open', ['id'], { where: `state = 'running'` })
export class PageSyncEntity {
  @Id() id!: string;
  @Reference() workspaceId!: string;
  @Reference() pageId!: string;
  @Text() state!: string;
  /** The moment before its request: the event time of every consent it brings. */
  @Moment() requestedAt!: Date;
  @Column('integer', { default: 0 }) seen!: number;
  @Column('integer', { default: 0 }) added!: number;
  @Column('integer', { default: 0 }) changed!: number;
  @Column('integer', { default: 0 }) gone!: number;
  @OptionalText() error!: string | null;
  /** Wall clock: a runner that has not renewed it for 30 s is gone. */
  @OptionalMoment() renewedAt!: Date | null;
  /** Wall clock: of the request, then of the first attempt. */
  @WrittenAt() createdAt!: Date;
  @OptionalMoment() finishedAt!: Date | null;
}
