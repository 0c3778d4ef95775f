import { Reference } from '../../input/reference';
import { SomeOf } from '../../input/some-of';
import { Line } from '../../input/text';
import { TOPIC_KINDS } from '../vocabulary';
import { Omittable } from '../../input/omittable';
import { TopicFieldsDto } from './topic-fields.dto';

/** What people of a Page can opt in to. */
export class CreateTopicRequestDto extends TopicFieldsDto {
  /**
   * Our id of the Page.
   * @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10'
   */
  @Reference()
  pageId!: string;

  /**
   * What the opt-in request offers; a person may be asked once a week for the same title.
   * @example 'New arrivals'
   */
  @Line(1, 65)
  title!: string;

  /**
   * What a person who opts in may expect, in a sentence.
   * @example 'One message a week when new clothes arrive.'
   */
  @Line(1, 500)
  expectation!: string;

  /**
   * What kinds of messages it promises.
   * @example ['arrivals']
   */
  @Omittable()
  @SomeOf(TOPIC_KINDS)
  kinds?: string[];
}
