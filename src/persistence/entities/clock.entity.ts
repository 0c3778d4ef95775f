import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Moment, OptionalMoment } from '../columns';

/** The one clock: business time runs from a base, or stands still while the sandbox moves it. */
@Entity('clock')
export class ClockEntity {
  @PrimaryColumn('smallint') id!: number;
  @Column('integer', { default: 1 }) epoch!: number;
  @Moment() baseBusinessAt!: Date;
  @Moment() baseWallAt!: Date;
  @Column('boolean', { default: true }) running!: boolean;
  /** Where the sandbox driver is moving to; null when it is ready. */
  @OptionalMoment() targetAt!: Date | null;
}
