import type { Rule } from './rule';
import { figuresAt } from './rule';
import { CHATBOT_HELP, MM_FAQ } from './sources';

const BUSINESS_COUNTRIES = 'AU BR CL CO HK IN ID IL MY MX NZ PE PH SA SG TW TH AE US VN'.split(' ');
const EUROPEAN_UNION = 'EU AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

/** The region written at a person after Meta said that theirs is excluded; Meta never says which it is. */
const EXCLUDED_REGION = 'excluded';

/** where businesses and recipients may be. */
export const REGIONS: Rule<{ businessCountries: readonly string[]; excludedRecipients: readonly string[] }> = {
  id: 'R-18',
  title: 'Countries of businesses and recipients',
  product: 'paid message',
  scope: 'person at Page',
  sentence:
    'Paid messages come from the 20 listed countries and go to nobody in the EU, Japan, South Korea, Australia or the UK.',
  source: MM_FAQ,
  versions: [
    {
      from: '2025-07-01',
      note: 'Since 26 March 2026 Meta refuses other businesses at the creation of a campaign.',
      params: {
        businessCountries: BUSINESS_COUNTRIES,
        excludedRecipients: ['JP', 'KR', 'AU', 'GB', 'UK', EXCLUDED_REGION, ...EUROPEAN_UNION],
      },
    },
  ],
  enforcedBy: 'domain/delivery/person-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
};

/** a restricted Page is silent. */
export const RESTRICTED_PAGE = {
  id: 'R-25',
  title: 'A restricted Page is silent',
  product: 'Page',
  scope: 'Page',
  sentence: 'While Meta restricts a Page, its app or the connected account, everything for that Page pauses.',
  source: CHATBOT_HELP,
  versions: [
    {
      from: '2020-03-04',
      params: { remedies: ['Page Settings', 'Page Support Inbox'], subjects: ['page', 'app', 'account'] },
    },
  ],
  enforcedBy: 'domain/delivery/campaign-checks.ts',
  testedBy: 'test/domain/decide-send.unit.spec.ts',
} as const satisfies Rule;

/**
 * Whether a business of a country may send paid messages. Source: R-18.
 *
 * @param country - ISO 3166 code; empty when unknown, which refuses nobody
 * @param nowMs - milliseconds since the Unix epoch
 */
export function isBusinessCountry(country: string, nowMs: number): boolean {
  return country === '' || figuresAt(REGIONS, nowMs).params.businessCountries.includes(country.toUpperCase());
}

/**
 * Whether people of a region get no paid messages. Source: R-18.
 *
 * @param region - ISO 3166 code, `EU` or `excluded`; null when unknown, which excludes nobody
 * @param nowMs - milliseconds since the Unix epoch
 */
export function isExcludedRecipient(region: string | null, nowMs: number): boolean {
  if (region === null) return false;
  const { excludedRecipients } = figuresAt(REGIONS, nowMs).params;
  return excludedRecipients.includes(region) || excludedRecipients.includes(region.toUpperCase());
}
