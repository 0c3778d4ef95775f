import { Omittable } from '../../input/omittable';
import { OneOf } from '../../input/available';
import { Moment } from '../../input/moment';
import { PURPOSES } from '../../input/vocabulary';

/** What would be sent, and when. */
export class EligibilityQueryDto {
  /** What the message would be for; `promotional` when absent. */
  @Omittable()
  @OneOf(PURPOSES)
  content?: (typeof PURPOSES)[number];

  /** The moment to judge; now when absent. */
  @Omittable()
  @Moment()
  at?: string;
}
