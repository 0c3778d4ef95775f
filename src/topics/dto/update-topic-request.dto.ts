import { Omittable } from '../../input/omittable';
import { SomeOf } from '../../input/some-of';
import { Line } from '../../input/text';
import { TOPIC_KINDS } from '../vocabulary';
import { TopicFieldsDto } from './topic-fields.dto';

/** What changes; fields that are left out stay as they are. Requests already sent keep what they showed. */
export class UpdateTopicRequestDto extends TopicFieldsDto {
  /**
   * What the opt-in request offers.
   * @example 'New arrivals of the week'
   */
  @Omittable()
  @Line(1, 65)
  title?: string;

  /**
   * What a person who opts in may expect, in a sentence.
   * @example 'One message a week when new clothes arrive.'
   */
  @Omittable()
  @Line(1, 500)
  expectation?: string;

  /**
   * What kinds of messages it promises.
   * @example ['arrivals', 'offers']
   */
  @Omittable()
  @SomeOf(TOPIC_KINDS)
  kinds?: string[];
}
