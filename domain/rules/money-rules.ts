import type { Rule } from './rule';
import { MM_FAQ } from './sources';

/** what a budget means. */
export const BUDGET_IS_A_LIMIT = {
  id: 'R-14',
  title: 'A budget is a limit',
  product: 'campaign',
  scope: 'campaign',
  sentence:
    'A lifetime budget is never exceeded, and a daily one in no day of the ad account unless the caller allows the overshoot of Meta.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: { overshootShare: 0.75, weekMultiple: 7 } }],
  enforcedBy: 'domain/delivery/budget-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
} as const satisfies Rule;

/** only deliveries cost. */
export const PAY_FOR_DELIVERED = {
  id: 'R-15',
  title: 'Only delivered messages cost',
  product: 'paid message',
  scope: 'message',
  sentence: 'Only delivered messages are paid for; replies inside the window are free.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: {} }],
  enforcedBy: 'domain/campaign/booking.ts',
  testedBy: 'test/domain/booking.unit.spec.ts',
} as const satisfies Rule;

/** a refused payment concerns the campaign. */
export const PAYMENT_PAUSES_THE_CAMPAIGN = {
  id: 'R-26',
  title: 'A refused payment pauses the campaign',
  product: 'campaign',
  scope: 'ad account',
  sentence: 'An insufficient payment is reported by the send call and pauses the campaign, not the person.',
  source: MM_FAQ,
  versions: [{ from: '2025-07-01', params: {} }],
  enforcedBy: 'domain/delivery/settle-failure.ts',
  testedBy: 'test/domain/settle-failure.unit.spec.ts',
} as const satisfies Rule;
