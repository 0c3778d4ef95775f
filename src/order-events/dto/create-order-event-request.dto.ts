import { ApiProperty } from '@nestjs/swagger';
import { Omittable } from '../../input/omittable';
import { AmountMinor, Currency } from '../../input/amount';
import { check } from '../../input/check';
import { isRecord } from '../../input/content';
import { Moment } from '../../input/moment';
import { Email, Phone, Psid } from '../../input/person';
import { Reference } from '../../input/reference';
import { Line } from '../../input/text';

const MAX_ITEMS = 500;

/** An order reached a status. The person is named by one of `subscriberId`, `psid`, `email`, `phone`. */
export class CreateOrderEventRequestDto {
  /**
   * The system the order stands in.
   * @example 'shop'
   */
  @Line(1, 64)
  source!: string;

  /** @example '1042' */
  @Line(1, 200)
  orderId!: string;

  /**
   * Free text, compared upper-case; each (source, order, status) counts once.
   * @example 'CONFIRMED'
   */
  @Line(1, 64)
  status!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d10' */
  @Reference()
  pageId!: string;

  /** @example '0197a1f0-6c1e-7d3a-9b52-3f1e8a7c2d12' */
  @Omittable()
  @Reference()
  subscriberId?: string;

  /** Meta's page-scoped id, in place of `subscriberId`. */
  @Omittable()
  @Psid()
  psid?: string;

  /** In place of `subscriberId`. */
  @Omittable()
  @Email()
  email?: string;

  /** With country code; in place of `subscriberId`. */
  @Omittable()
  @Phone()
  phone?: string;

  /**
   * When it happened; older than the newest event of its order, it fires nothing.
   * @example '2026-11-22T08:59:00Z'
   */
  @Moment()
  occurredAt!: string;

  /**
   * Total, minor units.
   * @example 4990
   */
  @Omittable()
  @AmountMinor()
  amountMinor?: number;

  /** @example 'EUR' */
  @Omittable()
  @Currency()
  currency?: string;

  /** What was ordered, in the shop's own shape; stored encrypted. */
  @Omittable()
  @check('items', (value) =>
    Array.isArray(value) && value.length <= MAX_ITEMS && value.every(isRecord)
      ? null
      : `must be a list of at most ${MAX_ITEMS} objects`,
  )
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    maxItems: MAX_ITEMS,
    example: [{ name: 'Scarf', quantity: 1 }],
  })
  items?: Record<string, unknown>[];
}
