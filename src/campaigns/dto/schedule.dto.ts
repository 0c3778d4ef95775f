import { Omittable } from '../../input/omittable';
import { Moment } from '../../input/moment';

/** When a campaign sends. */
export class ScheduleDto {
  /**
   * First moment of sending; a moment that has passed means now.
   * @example '2026-11-23T09:00:00Z'
   */
  @Moment()
  startAt!: string;

  /**
   * After this moment nothing is sent. A lifetime budget needs it.
   * @example '2026-11-28T09:00:00Z'
   */
  @Omittable()
  @Moment()
  endAt?: string;
}
