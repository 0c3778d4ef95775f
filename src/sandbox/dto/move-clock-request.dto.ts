import { Moment } from '../../input/moment';
import { Omittable } from '../../input/omittable';
import { Duration } from './duration';

/** Where the clock shall go: one of the two. */
export class MoveClockRequestDto {
  /**
   * How far, ISO 8601 in weeks, days, hours, minutes and seconds.
   * @example 'PT12H'
   */
  @Omittable()
  @Duration()
  advance?: string;

  /** Where to; never back. */
  @Omittable()
  @Moment()
  now?: string;
}
