import { Omittable } from '../../input/omittable';
import { OneOf } from '../../input/available';
import { Psid } from '../../input/person';
import { Reference } from '../../input/reference';

/** Asks a person to opt in to a topic; the person is named by either `subscriberId` or `psid`. */
export class CreateOptInRequestRequestDto {
  /**
   * The topic, and by it the Page.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11'
   */
  @Reference()
  topicId!: string;

  /**
   * Our id of the person.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12'
   */
  @Omittable()
  @Reference()
  subscriberId?: string;

  /** Meta's page-scoped id at the topic's Page, in place of `subscriberId`. */
  @Omittable()
  @Psid()
  psid?: string;

  /** `refuse` (default) answers 422 with the rule; `wait` asks at the first moment the rules allow. */
  @Omittable()
  @OneOf(['refuse', 'wait'])
  whenNotAllowed?: 'refuse' | 'wait';
}
