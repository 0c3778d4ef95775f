import { figuresAt } from './rule';
import type { Rule } from './rule';
import { MM_FAQ } from './sources';

const LANES = 'domain/delivery/explain-eligibility.ts';
const LANES_SHOWN = 'test/domain/explain-eligibility.unit.spec.ts';
const EU_27 = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
const EVERYWHERE: readonly string[] = ['*'];

/** recurring notifications, their spacing and their end. */
export const RECURRING_NOTIFICATION_SPACING: Rule<{ countries: readonly string[] }> = {
  id: 'R-09',
  title: 'Recurring notifications and their end',
  product: 'recurring notification',
  scope: 'person at Page',
  sentence:
    'Recurring notifications stand 48 hours apart (24 before September 2025) and ended on 10 February 2026 outside AU, EU, JP, KR and UK.',
  source: MM_FAQ,
  versions: [
    { from: '2022-05-19', to: '2025-08-31', window: 'PT24H', params: { countries: EVERYWHERE } },
    { from: '2025-09-01', to: '2026-02-09', window: 'PT48H', params: { countries: EVERYWHERE } },
    { from: '2026-02-10', window: 'PT48H', params: { countries: ['AU', 'JP', 'KR', 'GB', 'UK', ...EU_27] } },
  ],
  enforcedBy: LANES,
  testedBy: LANES_SHOWN,
};

/** who may still use recurring notifications. */
export const RECURRING_NOTIFICATIONS_CLOSED = {
  id: 'R-29',
  title: 'Recurring notifications are closed to new Pages',
  product: 'recurring notification',
  scope: 'Page',
  sentence: 'Recurring notifications are only for Pages that used them before 1 September 2025.',
  source: MM_FAQ,
  versions: [{ from: '2025-09-01', params: {} }],
  enforcedBy: LANES,
  testedBy: LANES_SHOWN,
} as const satisfies Rule;

/** sponsored messages are gone. */
export const SPONSORED_MESSAGES_ENDED = {
  id: 'R-31',
  title: 'Sponsored messages have ended',
  product: 'sponsored message',
  scope: 'Page',
  sentence: 'Sponsored messages ended on 31 July 2024; paid messages are their successor.',
  source: MM_FAQ,
  versions: [{ from: '2024-07-31', params: {} }],
  testedBy: 'test/domain/rules.unit.spec.ts',
} as const satisfies Rule;

/**
 * Whether recurring notifications have ended for a Page's country. Source: R-09.
 *
 * @param country - ISO 3166 code of the Page, empty when unknown
 * @param nowMs - milliseconds since the Unix epoch
 * @returns the day they ended, `YYYY-MM-DD`, or null where they live on
 */
export function recurringNotificationsEndedOn(country: string, nowMs: number): string | null {
  const version = figuresAt(RECURRING_NOTIFICATION_SPACING, nowMs);
  const { countries } = version.params;
  return countries.includes('*') || countries.includes(country.toUpperCase()) ? null : version.from;
}
