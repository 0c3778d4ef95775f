import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, ValidateNested } from 'class-validator';
import { parseDuration } from '../../../domain/shared/duration';
import { NotAvailable, OneOf } from '../../input/available';
import { check } from '../../input/check';
import { Content } from '../../input/content';
import { IsPresent } from '../../input/present';
import { Reference } from '../../input/reference';
import { LANES, LATER_LANES, PURPOSES, WHEN_NOT_NOW } from '../../input/vocabulary';
import { Omittable } from '../../input/omittable';

const MAX_EXPIRY_MS = 366 * 24 * 60 * 60 * 1_000;

/** Asks the person to opt in and goes on once they did. */
export class AskStepDto {
  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11' */
  @Reference()
  topicId!: string;

  /** `wait` (default) asks at the first moment the rules allow; `skip` goes on to the next step. */
  @Omittable()
  @OneOf(['wait', 'skip'])
  whenNotAllowed?: 'wait' | 'skip';

  /**
   * ISO 8601 duration after which the run ends unless the person opted in; `P7D` when absent.
   * @example 'P7D'
   */
  @Omittable()
  @check('expiresAfter', (value) => expiryObjection(value))
  @ApiProperty({ format: 'duration' })
  expiresAfter?: string;
}

/** Sends a message. */
export class SendStepDto {
  /** The `direct` campaign whose budget pays; needed for lane `paid`. */
  @Omittable()
  @Reference()
  campaignId?: string;

  /** Meta's `message` object, with `{{variables|fallback}}`. */
  @Content()
  content!: Record<string, unknown>;

  @OneOf(PURPOSES)
  purpose!: (typeof PURPOSES)[number];

  /** `auto` never picks `paid` unless `allowPaid` says so. When absent: `paid` with a `campaignId`, else `auto`. */
  @Omittable()
  @OneOf(LANES, LATER_LANES)
  lane?: (typeof LANES)[number];

  /** Whether `auto` may pick a lane that costs money. */
  @Omittable()
  @IsBoolean({ message: 'must be true or false' })
  allowPaid?: boolean;

  /** `hold` (default) waits for the person's slot; `refuse` goes on without sending. */
  @Omittable()
  @OneOf(WHEN_NOT_NOW)
  whenSlotTaken?: (typeof WHEN_NOT_NOW)[number];
}

/** The steps of examples: ask, then send. */
export const STEPS_EXAMPLE = [
  { ask: { topicId: '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d11', whenNotAllowed: 'wait', expiresAfter: 'P7D' } },
  { send: { content: { text: 'Your order is on its way.' }, purpose: 'post_purchase', whenSlotTaken: 'hold' } },
];

/** One step; exactly one of the fields. */
export class StepDto {
  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => AskStepDto)
  ask?: AskStepDto;

  @Omittable()
  @IsPresent()
  @ValidateNested()
  @Type(() => SendStepDto)
  send?: SendStepDto;

  @ApiHideProperty()
  @NotAvailable()
  wait?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  tag?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  branch?: unknown;

  @ApiHideProperty()
  @NotAvailable()
  stop?: unknown;
}

function expiryObjection(value: unknown): string | null {
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms === null) return 'must be an ISO 8601 duration such as P7D';
  return ms > 0 && ms <= MAX_EXPIRY_MS ? null : 'must be more than nothing and at most P366D';
}
