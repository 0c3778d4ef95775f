import { IsBoolean } from 'class-validator';
import { OneOf } from '../../input/available';
import { Content } from '../../input/content';
import { Reference } from '../../input/reference';
import { LANES, LATER_LANES, PURPOSES, WHEN_NOT_NOW } from '../../input/vocabulary';
import { Omittable } from '../../input/omittable';

/** One message to one person. */
export class CreateMessageRequestDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @Reference()
  subscriberId!: string;

  /** The `direct` campaign whose budget pays; needed for lane `paid`. */
  @Omittable()
  @Reference()
  campaignId?: string;

  /** Meta's `message` object as it is, with `{{variables|fallback}}`. */
  @Content()
  content!: Record<string, unknown>;

  /** What the message is for. */
  @OneOf(PURPOSES)
  purpose!: (typeof PURPOSES)[number];

  /**
   * `window` = standard messaging without tag; `auto` never picks `paid` unless `allowPaid` says so. When absent:
   * `paid` with a `campaignId`, else `auto`.
   */
  @Omittable()
  @OneOf(LANES, LATER_LANES)
  lane?: (typeof LANES)[number];

  /** Whether `auto` may pick a lane that costs money; false when absent. */
  @Omittable()
  @IsBoolean({ message: 'must be true or false' })
  allowPaid?: boolean;

  /** `hold` (default) sends at the person's next slot; `refuse` answers 422 with the rule. */
  @Omittable()
  @OneOf(WHEN_NOT_NOW)
  whenSlotTaken?: (typeof WHEN_NOT_NOW)[number];
}
