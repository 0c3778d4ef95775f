import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Moment, Reference } from '../columns';

/** The Page's lease: how many messages may begin, wall clock. */
@Entity('page_rates')
export class PageRateEntity {
  @PrimaryColumn('uuid') pageId!: string;
  @Reference() workspaceId!: string;
  /** Present rate, messages a second; grows while Meta accepts, halves when it refuses. */
  @Column('double precision') ratePerSecond!: number;
  /** The moment up to which grants are given out. */
  @Moment({ default: () => 'now()' }) grantedUntil!: Date;
  /** No grant before this moment (Meta's back-off). */
  @Moment({ default: () => 'now()' }) blockedUntil!: Date;
}
