export type Platform = 'messenger' | 'instagram';

export type TokenState = 'valid' | 'expired' | 'revoked';

/** A Page together with what the simulator keeps one of per Page: ad account, business, tokens. */
export interface Page {
  readonly id: string;
  readonly platform: Platform;
  name: string;
  /** ISO 3166 code; judges the Page and its ad account. */
  country: string;
  /** ISO 4217 code of the ad account. */
  currency: string;
  /** IANA zone of the ad account: its days are the days of daily budgets. */
  timeZone: string;
  readonly pageToken: string;
  readonly systemUserToken: string;
  readonly adAccountId: string;
  readonly businessId: string;
  tokenState: TokenState;
  /** What its tokens may do; a missing one is refused like on the platform. */
  permissions: string[];
  /** Send errors the platform answers for this Page whatever is sent, e.g. 2300011: no payment method. */
  refusals: number[];
  /** Whether Meta's policy keeps it from sending for now. */
  isRestricted?: boolean;
  /** When Meta last enforced a policy on it; the clock may stand still, but of two enforcements one is later. */
  policyAtMs?: number;
  /** Fields each connected app is subscribed to. */
  subscribedFields: Record<string, string[]>;
}

export const ALL_PERMISSIONS: readonly string[] = [
  'ads_management',
  'pages_manage_metadata',
  'pages_messaging',
  'pages_read_engagement',
  'pages_show_list',
  'paid_marketing_messages',
];
